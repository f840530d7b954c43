package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kernel's own answers, compared with sysfs and with what ip(8) says. */
class RtnetlinkTest {
    private final Rtnetlink rtnetlink = new Rtnetlink(Libc.system());

    @AfterEach
    void close() {
        rtnetlink.close();
    }

    private Link link(String name) {
        return rtnetlink.link(name).orElseThrow();
    }

    /** The operational state follows a change a little later. */
    private Link await(String name, OperState state) throws InterruptedException {
        long deadlineNs = System.nanoTime() + 5_000_000_000L;
        Link link = link(name);
        while (link.operState() != state && deadlineNs - System.nanoTime() > 0) {
            Thread.sleep(5);
            link = link(name);
        }
        assertEquals(state, link.operState());
        return link;
    }

    @Test
    void everyLinkAgreesWithSysfs() {
        List<Link> links = rtnetlink.links();
        assertTrue(links.stream().anyMatch(Link::isLoopback));
        for (Link link : links) {
            if (link.name().startsWith("ifqdt")) {
                continue; // may be another test's and vanish
            }
            assertEquals(Shell.sysfs(link.name(), "ifindex"), Integer.toString(link.index()), link.name());
            assertEquals(Shell.sysfs(link.name(), "mtu"), Integer.toString(link.mtuBytes()), link.name());
            assertEquals(Shell.sysfs(link.name(), "type"), Integer.toString(link.type()), link.name());
            if (link.isEthernet()) {
                assertEquals(Shell.sysfs(link.name(), "address"), link.macText(), link.name());
            }
        }
    }

    @Test
    void followsAPairThroughItsStates() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            Link down = link(pair.left());
            assertEquals("veth", down.kind());
            assertTrue(down.isEthernet());
            assertFalse(down.isUp() || down.isRunning() || down.isLoopback());
            assertEquals(OperState.DOWN, down.operState());
            assertFalse(down.carrier());

            Shell.run("ip", "link", "set", pair.left(), "up", "mtu", "1400", "promisc", "on");
            Link lonely = await(pair.left(), OperState.LOWER_LAYER_DOWN);
            assertTrue(lonely.isUp());
            assertFalse(lonely.isRunning() || lonely.carrier());
            assertEquals(1400, lonely.mtuBytes());
            assertEquals(1, lonely.promiscuity());

            pair.up();
            Link up = await(pair.left(), OperState.UP);
            assertTrue(up.isUp() && up.isRunning() && up.carrier());
            assertEquals(up, only(rtnetlink.links(), pair.left()));
        }
    }

    @Test
    void countsQueuesAsIpDoes() {
        Shell.assumeRootAnd("ip");
        String name = VethPair.uniqueName();
        Shell.run("ip", "link", "add", name, "numtxqueues", "5", "numrxqueues", "3", "type", "veth");
        try {
            assertEquals(5, link(name).txQueues());
            assertEquals(3, link(name).rxQueues());
        } finally {
            Shell.run("ip", "link", "del", name);
        }
    }

    @Test
    void readsAnAliasAndRemovesALink() {
        Shell.assumeRootAnd("ip");
        String name = VethPair.uniqueName();
        Shell.run("ip", "link", "add", name, "type", "bridge");
        Link bridge = link(name);
        assertEquals("", rtnetlink.alias(bridge.index()));
        Shell.run("ip", "link", "set", name, "alias", "who made it, and why");
        assertEquals("who made it, and why", rtnetlink.alias(bridge.index()));
        rtnetlink.remove(bridge);
        assertEquals(Optional.empty(), rtnetlink.link(name));
        assertEquals("", rtnetlink.alias(bridge.index()));
        ErrnoException gone = assertThrows(ErrnoException.class, () -> rtnetlink.remove(bridge));
        assertEquals(Errno.ENODEV, gone.errno());
    }

    @Test
    void namesTheMasterOfABridgePort() {
        try (VethPair pair = new VethPair()) {
            String bridge = VethPair.uniqueName();
            Shell.run("ip", "link", "add", bridge, "type", "bridge");
            try {
                Shell.run("ip", "link", "set", pair.left(), "master", bridge);
                Link port = link(pair.left());
                assertEquals(link(bridge).index(), port.masterIndex());
                assertEquals("bridge", port.masterKind());
                assertEquals("veth", port.kind());
                assertEquals("bridge", link(bridge).kind());
                assertEquals(0, link(pair.right()).masterIndex());
                assertEquals("", link(pair.right()).masterKind());
            } finally {
                Shell.run("ip", "link", "del", bridge);
            }
        }
    }

    @Test
    void namesThatCannotExistAreNotFound() {
        assertTrue(rtnetlink.link("ifqdt-no-such").isEmpty());
        assertTrue(rtnetlink.link("").isEmpty());
        assertTrue(rtnetlink.link("a-name-of-more-than-15-bytes").isEmpty());
        assertTrue(rtnetlink.link("fifteen-bytes-x").isEmpty());
    }

    @Test
    void findsAnAlternativeName() {
        try (VethPair pair = new VethPair()) {
            Shell.run("ip", "link", "property", "add", "dev", pair.left(), "altname", pair.left() + "t");
            assertEquals(pair.left(), link(pair.left() + "t").name());
        }
    }

    @Test
    void listsAddressesAsIpDoes() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            pair.up();
            Shell.run("ip", "link", "set", pair.left(), "addrgenmode", "eui64");
            Shell.run("ip", "addr", "add", "192.0.2.1/24", "dev", pair.left());
            Shell.run("ip", "addr", "add", "198.51.100.1", "peer", "198.51.100.2/32", "dev", pair.left());
            Shell.run("ip", "addr", "add", "2001:db8:0:0:1::1/64", "dev", pair.left(), "nodad");
            int index = link(pair.left()).index();
            Set<String> ours = rtnetlink.addresses().stream()
                    .filter(a -> a.linkIndex() == index)
                    .map(Address::text)
                    .collect(Collectors.toSet());
            String shown = Shell.run("ip", "-o", "addr", "show", "dev", pair.left());
            Set<String> theirs = Pattern.compile("inet6? ([^ /]+)")
                    .matcher(shown)
                    .results()
                    .map((MatchResult m) -> m.group(1))
                    .collect(Collectors.toSet());
            assertEquals(theirs, ours);
            assertTrue(ours.containsAll(Set.of("192.0.2.1", "198.51.100.1", "2001:db8::1:0:0:1")), ours.toString());
            Address near = rtnetlink.addresses().stream()
                    .filter(a -> a.linkIndex() == index && a.text().equals("192.0.2.1"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("192.0.2.1/24", near.withPrefix());
            assertEquals(Address.RT_SCOPE_UNIVERSE, near.scope());
        }
    }

    /** More than the kernel puts into one datagram. */
    @Test
    void listsAHundredLinks() {
        Shell.assumeRootAnd("ip");
        String base = VethPair.uniqueName();
        String group = Long.toString(1_000_000_000 + ProcessHandle.current().pid());
        StringBuilder batch = new StringBuilder();
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            made.add(base + "n" + i);
            batch.append("link add ").append(base).append('n').append(i);
            batch.append(" group ").append(group).append(" type ifb\n");
        }
        try {
            Shell.run(List.of("ip", "-batch", "-"), batch.toString());
            List<String> found = new ArrayList<>();
            rtnetlink.links().forEach(link -> found.add(link.name()));
            assertTrue(found.containsAll(made));
            assertEquals(found.size(), new HashSet<>(found).size());
        } finally {
            Shell.run("ip", "link", "del", "group", group);
        }
    }

    @Test
    void nothingStaysOpen() {
        long before = Shell.openDescriptors();
        for (int i = 0; i < 100; i++) {
            try (Rtnetlink another = new Rtnetlink(Libc.system())) {
                assertTrue(another.link("lo").isPresent());
            }
        }
        assertEquals(before, Shell.openDescriptors());
    }

    private static Link only(List<Link> links, String name) {
        List<Link> found = links.stream().filter(l -> l.name().equals(name)).toList();
        assertEquals(1, found.size());
        return found.getFirst();
    }

    @Test
    void changesALink() {
        try (VethPair pair = new VethPair()) {
            rtnetlink.setUp(link(pair.left()), true);
            assertTrue(link(pair.left()).isUp());
            rtnetlink.setMtu(link(pair.left()), 1400);
            Link changed = link(pair.left());
            assertEquals(1400, changed.mtuBytes());
            assertTrue(changed.isUp());
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(ErrnoException.class, () -> rtnetlink.setMtu(changed, 1 << 20))
                            .errno());
            rtnetlink.setUp(changed, false);
            assertFalse(link(pair.left()).isUp());
        }
    }

    @Test
    void aLinkThatIsGoneCannotBeChanged() {
        Link gone;
        try (VethPair pair = new VethPair()) {
            gone = link(pair.left());
        }
        ErrnoException e = assertThrows(ErrnoException.class, () -> rtnetlink.setUp(gone, true));
        assertEquals(Errno.ENODEV, e.errno());
        assertTrue(e.getMessage().startsWith("RTM_SETLINK " + gone.name() + ": ENODEV"), e.getMessage());
    }
}
