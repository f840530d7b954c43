package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KernelReleaseTest {
    @Test
    void comparesByNumbersAndNotByText() {
        assertTrue(KernelRelease.isAtLeast("6.18.44-fc-v857", 6, 17));
        assertTrue(KernelRelease.isAtLeast("6.17", 6, 17));
        assertTrue(KernelRelease.isAtLeast("7.3.4+deb13-amd64", 6, 17));
        assertFalse(KernelRelease.isAtLeast("6.9.1", 6, 17));
        assertFalse(KernelRelease.isAtLeast("5.99.0", 6, 17));
        assertFalse(KernelRelease.isAtLeast("unknown", 6, 17));
    }
}
