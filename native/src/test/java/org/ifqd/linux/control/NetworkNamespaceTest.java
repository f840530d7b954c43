package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {
    private static List<String> links() {
        try (Rtnetlink rtnetlink = new Rtnetlink(Libc.system())) {
            return rtnetlink.links().stream().map(Link::name).toList();
        }
    }

    @Test
    void onlyTheBodyIsInside() {
        Shell.assumeRootAnd("ip");
        String name = VethPair.uniqueName();
        Shell.run("ip", "netns", "add", name);
        try {
            Shell.run("ip", "-n", name, "link", "add", "inside", "type", "veth", "peer", "name", "other");
            assertTrue(NetworkNamespace.exists(name));
            assertTrue(NetworkNamespace.call(name, NetworkNamespaceTest::links).contains("inside"));
            assertFalse(links().contains("inside"));
            long descriptors = Shell.openDescriptors();
            for (int i = 0; i < 20; i++) {
                NetworkNamespace.call(name, () -> 1);
            }
            long after = Shell.openDescriptors(); // fewer if the collector closes what a Process left
            assertTrue(after <= descriptors, after + " open, before " + descriptors);
        } finally {
            Shell.run("ip", "netns", "del", name);
        }
    }

    @Test
    void failuresArriveOutside() {
        Shell.assumeRootAnd("ip");
        String name = VethPair.uniqueName();
        ErrnoException e = assertThrows(ErrnoException.class, () -> NetworkNamespace.call(name, () -> 1));
        assertEquals(Errno.ENOENT, e.errno());
        Shell.run("ip", "netns", "add", name);
        try {
            assertThrows(
                    IllegalStateException.class,
                    () -> NetworkNamespace.call(name, () -> {
                        throw new IllegalStateException();
                    }));
        } finally {
            Shell.run("ip", "netns", "del", name);
        }
    }
}
