package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ifqd.linux.KernelRelease;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Requires;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NetdevFeaturesTest {
    private static final int NO_INDEX = Integer.MAX_VALUE;

    @BeforeAll
    static void needs() {
        Requires.root();
    }

    /** A veth runs programs and always copies; the loopback interface runs none. Since Linux 6.3 the kernel says so. */
    @Test
    void driversAnswerForThemselves() {
        try (VethPair pair = new VethPair()) {
            int index = Integer.parseInt(Shell.sysfs(pair.left(), "ifindex"));
            NetdevFeatures veth = NetdevFeatures.of(Libc.system(), index);
            assertEquals(KernelRelease.isAtLeast(6, 3), veth.known());
            assertEquals(veth.known(), veth.hasNative());
            assertEquals(veth.known(), veth.lacksZeroCopy());
            NetdevFeatures loopback = NetdevFeatures.of(Libc.system(), 1);
            assertFalse(loopback.hasNative());
            assertFalse(loopback.hasZeroCopy());
        }
    }

    @Test
    void whatIsNotThereIsNotKnown() {
        NetdevFeatures none = NetdevFeatures.of(Libc.system(), NO_INDEX);
        assertFalse(none.known());
        assertFalse(none.lacksZeroCopy());
        assertTrue(!none.hasNative());
    }
}
