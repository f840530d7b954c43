package org.ifqd.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.config.Backend;
import org.ifqd.linux.control.Feature;

/**
 * A setting of an interface that is on and merges or alters frames before ifqd sees them, so that they cannot leave as
 * they came. What passes AF_PACKET with its virtio header (GRO, TSO, checksums) is none; libpcap knows no such header.
 *
 * @param feature the kernel's name
 * @param why what it does
 * @param breaks traffic suffers always, and not only some of it a little
 * @param fixed the driver cannot switch it off
 */
public record HarmfulOffload(String feature, String why, boolean breaks, boolean fixed) {
    private static final String MERGED = "received frames are merged, which libpcap cannot take apart again";

    /** The names of {@code ethtool -K} for the kernel's features, where it has its own. */
    private static final Map<String, String> OPTIONS =
            Map.of("rx-gro", "gro", "rx-lro", "lro", "rx-vlan-hw-parse", "rxvlan");

    /**
     * The harmful offloads of an interface.
     *
     * @param driver as ethtool names it
     * @param features all of the interface, by the kernel's names
     */
    public static List<HarmfulOffload> of(Backend backend, String driver, Map<String, Feature> features) {
        List<HarmfulOffload> found = new ArrayList<>();
        rules(backend, driver).forEach((feature, rule) -> {
            Feature state = features.get(feature);
            if (state != null && state.on()) {
                found.add(new HarmfulOffload(feature, rule.why, rule.breaks, state.fixed()));
            }
        });
        return found;
    }

    /** The kernel's names of all that would be, if they were on. */
    static Set<String> features(Backend backend, String driver) {
        return rules(backend, driver).keySet();
    }

    private record Rule(String why, boolean breaks) {}

    private static Map<String, Rule> rules(Backend backend, String driver) {
        Map<String, Rule> rules = new LinkedHashMap<>();
        if (backend == Backend.pcap) {
            for (String merging : List.of("rx-gro", "rx-lro", "rx-gro-hw", "rx-gro-list")) {
                rules.put(merging, new Rule(MERGED, true));
            }
        } else {
            rules.put("rx-lro", new Rule("frames are merged beyond repair", false));
        }
        if (backend == Backend.af_xdp && !driver.equals("veth")) {
            rules.put(
                    "rx-vlan-hw-parse", new Rule("802.1Q tags are taken out of frames, and af_xdp is not told", true));
        }
        rules.put("rx-fcs", new Rule("the checksum stays at the end of frames, which go on 4 bytes longer", true));
        rules.put("rx-all", new Rule("damaged frames are received too, and go on as good ones", false));
        switch (driver) {
            case "vmxnet3" ->
                rules.putIfAbsent(
                        "rx-vlan-hw-parse", new Rule("802.1ad tags are reported, and go on, as 802.1Q", false));
            case "e1000" ->
                rules.putIfAbsent(
                        "rx-vlan-hw-parse", new Rule("tags lose their priority (PCP) and DEI, and go on so", false));
            default -> {}
        }
        return rules;
    }

    /** The word for {@code ethtool -K}. */
    public String option() {
        return OPTIONS.getOrDefault(feature, feature);
    }

    /** The offloads that are on, and their effect: {@code gro, lro on: received frames are merged}. */
    public static String describe(List<HarmfulOffload> offloads) {
        return offloads.stream()
                .collect(Collectors.groupingBy(
                        HarmfulOffload::why,
                        LinkedHashMap::new,
                        Collectors.mapping(HarmfulOffload::option, Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(reason -> reason.getValue() + " on: " + reason.getKey())
                .collect(Collectors.joining("; "));
    }

    /** The command that switches them. */
    public static String ethtool(String interfaceName, List<HarmfulOffload> offloads, String state) {
        return "ethtool -K " + interfaceName + " "
                + offloads.stream()
                        .map(offload -> offload.option() + " " + state)
                        .collect(Collectors.joining(" "));
    }
}
