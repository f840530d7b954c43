package org.ifqd.host;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.config.Backend;
import org.ifqd.config.ConfigException;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.control.Driver;
import org.ifqd.linux.control.Ethtool;

/**
 * The limits of libpcap, told before a port is opened. It hands over frames without the metadata of offloads, so one
 * whose checksum was left to hardware would be sent wrong: TCP would stall after a few frames, without an error
 * anywhere. Of frames that the interface itself has merged see {@link HarmfulOffload}.
 */
public final class PcapLimits {
    /** Virtual interfaces, which hand over what their other end has sent as it is. */
    private static final List<String> UNFINISHED = List.of("veth", "tun", "virtio_net");

    private PcapLimits() {}

    /**
     * Refuses ports that cannot work through libpcap.
     *
     * @return warnings: what may not work, which only the other end knows
     */
    public static List<String> check(List<PortConfig> all) {
        List<PortConfig> ports =
                all.stream().filter(port -> port.backend() == Backend.pcap).toList();
        List<String> warnings = new ArrayList<>();
        if (ports.isEmpty()) {
            return warnings; // asks nothing: the control plane takes its time to load
        }
        try (Ethtool ethtool = Ethtool.open()) {
            for (PortConfig port : ports) {
                refuseWorkers(port);
                String driver = driver(ethtool, port.name());
                if (UNFINISHED.contains(driver) && port.offloads() != OffloadPolicy.KEEP) {
                    warnings.add("%s (%s) hands over what its other end left to offloads, and pcap cannot finish it; at"
                                    .formatted(port.name(), driver)
                            + " the other end: ethtool -K PEER tx off tso off gso off, or use --backend af_packet");
                }
            }
        }
        return warnings;
    }

    /** Empty if it is not there. */
    private static String driver(Ethtool ethtool, String name) {
        return Ethtool.ifPresent(() -> ethtool.driver(name)).map(Driver::name).orElse("");
    }

    private static void refuseWorkers(PortConfig port) {
        if (port.options().workers() > 1) {
            throw new ConfigException(port.name() + ": libpcap has one receive worker, not "
                    + port.options().workers() + "; leave --workers away or use --backend af_packet");
        }
    }
}
