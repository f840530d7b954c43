package org.ifqd.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ifqd.config.Backend;
import org.ifqd.config.ConfigException;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.control.Driver;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.netlink.Link;

/** Applies a port's policy to the harmful offloads of its interface, in words. Changes nothing. */
public final class OffloadCheck {
    private OffloadCheck() {}

    /**
     * Whether the start depends on the answer. Otherwise there is time to ask when frames flow already: what talks to
     * the driver takes its time to load.
     */
    public static boolean isNeededFirst(PortConfig port) {
        return switch (port.offloads()) {
            case KEEP -> false;
            case WARN -> port.backend() == Backend.pcap || port.usesXdp();
            case FAIL, FIX -> true;
        };
    }

    /** Whether to ask when frames flow. A veth interface is left out: it merges nothing that AF_PACKET cannot pass. */
    public static boolean isDueLater(PortConfig port, Link link) {
        return port.offloads() == OffloadPolicy.WARN
                && !isNeededFirst(port)
                && !link.kind().equals("veth");
    }

    /** The harmful offloads of an interface; none if it is not there. */
    public static List<HarmfulOffload> find(Ethtool ethtool, PortConfig port, String interfaceName) {
        return Ethtool.ifPresent(() -> Optional.of(HarmfulOffload.of(
                        port.backend(), driver(ethtool, interfaceName), ethtool.features(interfaceName))))
                .orElse(List.of());
    }

    /** As ethtool names it, or empty. */
    static String driver(Ethtool ethtool, String interfaceName) {
        return ethtool.driver(interfaceName).map(Driver::name).orElse("");
    }

    /**
     * Refuses what the policy refuses.
     *
     * @return warnings
     * @throws ConfigException with the cure
     */
    public static List<String> check(Ethtool ethtool, PortConfig port, String interfaceName) {
        if (port.offloads() == OffloadPolicy.KEEP) {
            return List.of();
        }
        List<HarmfulOffload> left = new ArrayList<>(find(ethtool, port, interfaceName));
        if (port.offloads() == OffloadPolicy.FIX) {
            left.removeIf(offload -> !offload.fixed());
        }
        List<HarmfulOffload> refused = left.stream()
                .filter(offload -> offload.breaks() || port.offloads() == OffloadPolicy.FAIL)
                .toList();
        if (!refused.isEmpty()) {
            throw new ConfigException(line(port, interfaceName, refused));
        }
        return left.isEmpty() ? List.of() : List.of(line(port, interfaceName, left));
    }

    private static String line(PortConfig port, String interfaceName, List<HarmfulOffload> offloads) {
        String otherwise = port.backend() == Backend.pcap || port.usesXdp() ? ", or use --backend af_packet" : "";
        String cure = offloads.stream().anyMatch(HarmfulOffload::fixed)
                ? "the driver cannot switch it off: choose another interface, or --offloads keep"
                : HarmfulOffload.ethtool(interfaceName, offloads, "off") + ", or --offloads fix";
        return "%s has %s; %s%s".formatted(interfaceName, HarmfulOffload.describe(offloads), cure, otherwise);
    }

    /**
     * Looks at ports whose frames would be spoilt from the first one on.
     *
     * @param links the interfaces of both ports
     * @throws ConfigException where the configuration says that this is an error
     */
    public static void beforeOpening(PairSettings pair, List<Link> links) {
        Map<PortConfig, String> asked = new LinkedHashMap<>();
        for (int i = 0; i < links.size(); i++) {
            PortConfig port = pair.ports().get(i);
            if (isNeededFirst(port)) {
                asked.put(port, links.get(i).name());
            }
        }
        check(asked);
    }

    /**
     * Looks at some ports.
     *
     * @param ports each with the name of its interface
     * @return warnings
     * @throws ConfigException for the first that is refused
     */
    public static List<String> check(Map<PortConfig, String> ports) {
        List<String> warnings = new ArrayList<>();
        if (!ports.isEmpty()) { // else what talks to drivers need not be loaded
            try (Ethtool ethtool = Ethtool.open()) {
                ports.forEach((port, name) -> warnings.addAll(check(ethtool, port, name)));
            }
        }
        return warnings;
    }
}
