package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.NetdevFeatures;
import org.junit.jupiter.api.Test;

class NativeXdpTest {
    private static final Link ETHERNET = SampleLinks.ethernet("", SampleLinks.UP_RUNNING, true);

    private static String of(String driver, Feature... features) {
        Map<String, Feature> byName = features.length == 0 ? Map.of() : Map.of(features[0].name(), features[0]);
        return NativeXdp.of(ETHERNET, driver, byName, new NetdevFeatures(false, 0))
                .toString();
    }

    @Test
    void goesByTheDriver() {
        assertEquals("yes", of("veth"));
        assertEquals("yes", of("mlx5_core"));
        assertEquals("no", of("e1000e"));
        assertEquals("unknown", of("a-driver-of-tomorrow"));
        assertEquals("unknown", of(""));
    }

    @Test
    void theKernelKnowsBetter() {
        assertEquals("zero-copy", of(11));
        assertEquals("yes", of(3));
        assertEquals("no", of(1)); // cannot redirect
        assertEquals("no", of(0));
    }

    private static String of(long bits) {
        return NativeXdp.of(ETHERNET, "a-driver-of-tomorrow", Map.of(), new NetdevFeatures(true, bits))
                .toString();
    }

    @Test
    void virtioWithAHostThatInsistsOnMergingHasNone() {
        assertEquals("yes", of("virtio_net"));
        assertEquals("yes", of("virtio_net", new Feature("rx-gro-hw", true, false)));
        assertEquals("yes", of("virtio_net", new Feature("rx-gro-hw", false, true)));
        assertEquals("no", of("virtio_net", new Feature("rx-gro-hw", true, true)));
    }

    @Test
    void aTunHasNoneAndATapHas() {
        Link tun = SampleLinks.link(65534, "tun", SampleLinks.UP_RUNNING, true, 0, "", 0);
        assertEquals(NativeXdp.NO, NativeXdp.of(tun, "tun", Map.of(), new NetdevFeatures(true, 11)));
        assertEquals("yes", of("tun"));
    }
}
