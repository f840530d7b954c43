package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ifqd.config.Backend;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.control.Driver;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.control.Feature;

/**
 * What libpcap cannot do, said before a port is opened. It hands over frames without the metadata of offloads, so a frame
 * that the interface has put together from several could not be sent again, and one whose checksum was left to hardware
 * would be sent wrong: TCP would stall after a few frames, without an error anywhere.
 */
final class PcapLimits {
    /** The kernel's names of the switches that make superframes of received frames, and ethtool's. */
    private static final Map<String, String> MERGING =
            Map.of("rx-gro", "gro", "rx-lro", "lro", "rx-gro-hw", "rx-gro-hw", "rx-gro-list", "rx-gro-list");

    /** Virtual interfaces, which hand over what their other end has sent as it is. */
    private static final List<String> UNFINISHED = List.of("veth", "tun", "virtio_net");

    private PcapLimits() {}

    /**
     * Refuses ports that cannot work through libpcap.
     *
     * @return warnings: what may not work, which only the other end knows
     */
    static List<String> check(DaemonConfig config) {
        List<PortConfig> ports = config.ports().stream()
                .filter(port -> port.backend() == Backend.pcap)
                .toList();
        List<String> warnings = new ArrayList<>();
        if (ports.isEmpty()) {
            return warnings; // asks nothing: the control plane takes its time to load
        }
        try (Ethtool ethtool = Ethtool.open()) {
            for (PortConfig port : ports) {
                refuseWorkers(port);
                refuseMerging(port.name(), ethtool.features(port.name()));
                String driver = ethtool.driver(port.name()).map(Driver::name).orElse("");
                if (UNFINISHED.contains(driver)) {
                    warnings.add("%s (%s) hands over what its other end left to offloads, and pcap cannot finish it; at"
                                    .formatted(port.name(), driver)
                            + " the other end: ethtool -K PEER tx off tso off gso off, or use --backend af_packet");
                }
            }
        }
        return warnings;
    }

    private static void refuseWorkers(PortConfig port) {
        if (port.options().workers() > 1) {
            throw new ConfigException(port.name() + ": libpcap has one receive worker, not "
                    + port.options().workers() + "; leave --workers away or use --backend af_packet");
        }
    }

    private static void refuseMerging(String name, Map<String, Feature> features) {
        List<String> on = new ArrayList<>();
        for (Feature feature : features.values()) {
            if (feature.on() && MERGING.containsKey(feature.name())) {
                on.add(MERGING.get(feature.name()) + " off");
            }
        }
        if (!on.isEmpty()) {
            throw new ConfigException(
                    name + " merges received frames, which libpcap cannot take apart again; ethtool -K " + name + " "
                            + String.join(" ", on) + ", or use --backend af_packet");
        }
    }
}
