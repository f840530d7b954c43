package org.ifqd.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ifqd.config.Backend;
import org.ifqd.linux.control.Feature;
import org.junit.jupiter.api.Test;

/** Which settings do harm depends on the backend and the driver. Hardware has them; here they are made up. */
class HarmfulOffloadTest {

    private static List<HarmfulOffload> of(Backend backend, String driver, String... on) {
        return HarmfulOffload.of(
                backend,
                driver,
                Arrays.stream(on)
                        .map(name -> new Feature(name, true, false))
                        .collect(Collectors.toMap(Feature::name, Function.identity())));
    }

    private static List<String> names(List<HarmfulOffload> offloads) {
        return offloads.stream().map(HarmfulOffload::feature).toList();
    }

    @Test
    void packetSocketsPassWhatHasAHeader() {
        String[] all = {"rx-gro", "rx-gro-hw", "rx-gro-list", "rx-lro", "tx-tcp-segmentation", "rx-vlan-hw-parse"};
        for (Backend backend : List.of(Backend.auto, Backend.af_packet)) {
            assertEquals(List.of("rx-lro"), names(of(backend, "ixgbe", all)));
        }
        assertEquals(List.of("rx-gro", "rx-lro", "rx-gro-hw", "rx-gro-list"), names(of(Backend.pcap, "ixgbe", all)));
    }

    @Test
    void whatIsOffDoesNoHarm() {
        Feature off = new Feature("rx-lro", false, false);
        assertEquals(List.of(), HarmfulOffload.of(Backend.auto, "", java.util.Map.of("rx-lro", off)));
    }

    @Test
    void oneDriverMixesTagsUp() {
        assertEquals(List.of("rx-vlan-hw-parse"), names(of(Backend.auto, "vmxnet3", "rx-vlan-hw-parse")));
        assertEquals(List.of("rx-vlan-hw-parse"), names(of(Backend.auto, "e1000", "rx-vlan-hw-parse")));
        assertEquals(List.of(), names(of(Backend.auto, "e1000e", "rx-vlan-hw-parse")));
        assertEquals(List.of(), names(of(Backend.auto, "e1000e", "rx-vlan-hw-parse")));
    }

    /** AF_XDP has no metadata of the tag that a NIC has taken out; a veth takes none out by itself. */
    @Test
    void afXdpLosesTags() {
        for (String driver : List.of("igb", "vmxnet3")) {
            List<HarmfulOffload> found = of(Backend.af_xdp, driver, "rx-vlan-hw-parse", "rx-gro");
            assertEquals(List.of("rx-vlan-hw-parse"), names(found));
            assertEquals(
                    List.of(true), found.stream().map(HarmfulOffload::breaks).toList());
        }
        assertEquals(List.of(), names(of(Backend.af_xdp, "veth", "rx-vlan-hw-parse")));
    }

    /**
     * Frames with their checksum at the end cannot be sent on at all; the rest is a warning with the default policy.
     */
    @Test
    void someBreakTraffic() {
        List<HarmfulOffload> found = of(Backend.auto, "e1000e", "rx-all", "rx-fcs", "rx-lro");
        assertEquals(
                List.of("rx-fcs"),
                names(found.stream().filter(HarmfulOffload::breaks).toList()));
    }

    @Test
    void isSaidInEthtoolsWords() {
        List<HarmfulOffload> merging = of(Backend.pcap, "ixgbe", "rx-gro", "rx-lro", "rx-fcs");
        assertEquals(
                "gro, lro on: received frames are merged, which libpcap cannot take apart again; rx-fcs on: the checksum"
                        + " stays at the end of frames, which go on 4 bytes longer",
                HarmfulOffload.describe(merging));
        assertEquals("ethtool -K eth1 gro off lro off rx-fcs off", HarmfulOffload.ethtool("eth1", merging, "off"));
    }
}
