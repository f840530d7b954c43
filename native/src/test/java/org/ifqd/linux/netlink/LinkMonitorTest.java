package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.FaultyLibc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.Test;

/** Events of real links. */
@SuppressWarnings("try")
class LinkMonitorTest {

    /** Writes down what it is told of some links. */
    private static final class Witness implements LinkListener {
        final List<Link> changed = new CopyOnWriteArrayList<>();
        final List<Link> removed = new CopyOnWriteArrayList<>();
        final List<Integer> readdressed = new CopyOnWriteArrayList<>();
        final AtomicInteger lost = new AtomicInteger();
        volatile CountDownLatch hold = new CountDownLatch(0);

        @Override
        public void changed(Link link) {
            changed.add(link);
            try {
                hold.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void removed(Link link) {
            removed.add(link);
        }

        @Override
        public void readdressed(int linkIndex) {
            readdressed.add(linkIndex);
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
        }

        Link last(String name) {
            List<Link> of = changed.stream().filter(l -> l.name().equals(name)).toList();
            return of.isEmpty() ? null : of.getLast();
        }
    }

    private final Witness witness = new Witness();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private LinkMonitor open() {
        return new LinkMonitor(Libc.system(), witness, complaints::add);
    }

    @Test
    void tellsOfCarrierNameAndRemoval() throws InterruptedException {
        try (LinkMonitor monitor = open()) {
            String left;
            int index;
            try (VethPair pair = new VethPair()) {
                left = pair.left();
                pair.up();
                Await.until(
                        "carrier",
                        () -> witness.last(left) != null && witness.last(left).carrier());
                Shell.run("ip", "link", "set", pair.right(), "down");
                Await.until("carrier lost", () -> !witness.last(left).carrier());
                assertTrue(witness.last(left).isUp(), "the cable, not the switch");
                index = witness.last(left).index();
                String other = VethPair.uniqueName();
                Shell.run("ip", "link", "set", left, "name", other);
                Await.until("renamed", () -> witness.last(other) != null);
                assertEquals(index, witness.last(other).index());
                Shell.run("ip", "link", "set", other, "name", left);
                assertFalse(witness.removed.stream().anyMatch(l -> l.index() == index));
            }
            Await.until("removed", () -> witness.removed.stream().anyMatch(l -> l.index() == index));
        }
        assertEquals(List.of(), complaints);
    }

    @Test
    void tellsOfAddresses() {
        try (LinkMonitor monitor = open();
                VethPair pair = new VethPair()) {
            int index = Integer.parseInt(Shell.sysfs(pair.left(), "ifindex"));
            for (String address : List.of("192.0.2.77/32", "2001:db8::77/128")) {
                for (String change : List.of("add", "del")) {
                    witness.readdressed.clear();
                    Shell.run("ip", "addr", change, address, "dev", pair.left());
                    Await.until(change + " " + address, () -> witness.readdressed.contains(index));
                }
            }
        }
        assertEquals(List.of(), complaints);
    }

    /** The bridge says DELLINK too, and means that it has lost a port. */
    @Test
    void leavingABridgeIsNoRemoval() throws InterruptedException {
        String bridge = VethPair.uniqueName();
        try (LinkMonitor monitor = open();
                VethPair pair = new VethPair()) {
            Shell.run("ip", "link", "add", bridge, "type", "bridge");
            try {
                Shell.run("ip", "link", "set", pair.left(), "master", bridge);
                Await.until(
                        "enslaved",
                        () -> witness.last(pair.left()) != null
                                && witness.last(pair.left()).masterIndex() != 0);
                Shell.run("ip", "link", "set", pair.left(), "nomaster");
                Await.until("free", () -> witness.last(pair.left()).masterIndex() == 0);
            } finally {
                Shell.run("ip", "link", "del", bridge);
            }
            Await.until("bridge removed", () -> witness.removed.stream()
                    .anyMatch(l -> l.name().equals(bridge)));
            assertFalse(witness.removed.stream().anyMatch(l -> l.name().equals(pair.left())));
        }
    }

    /** More events than the socket's buffer holds: that some were lost is told, and the next ones come again. */
    @Test
    void tellsThatEventsWereLost() {
        try (LinkMonitor monitor = open();
                VethPair pair = new VethPair()) {
            witness.hold = new CountDownLatch(1);
            try {
                Shell.run("ip", "link", "set", pair.left(), "up");
                Await.until("held", () -> !witness.changed.isEmpty());
                for (int i = 0; i < 400; i++) {
                    Shell.run("ip", "link", "set", pair.left(), "mtu", Integer.toString(1000 + i));
                }
            } finally {
                witness.hold.countDown();
            }
            Await.until("lost", () -> witness.lost.get() > 0);
            Shell.run("ip", "link", "set", pair.left(), "mtu", "1234");
            Await.until("goes on", () -> witness.last(pair.left()).mtuBytes() == 1234);
        }
        assertEquals(List.of(), complaints);
    }

    /** Each of its calls fails once with each error: it goes on, and nobody has to guess that something changed. */
    @Test
    void callsThatFailAreNoReasonToGoDeaf() throws InterruptedException {
        FaultyLibc faults = new FaultyLibc();
        try (LinkMonitor monitor = new LinkMonitor(faults.libc(), witness, complaints::add);
                VethPair pair = new VethPair()) {
            pair.up();
            for (int errno : FaultyLibc.ERRORS) {
                for (String call : List.of("poll", "recv")) {
                    faults.failNext(call, errno);
                    Await.until(faults.toString(), () -> {
                        int told = witness.changed.size() + witness.lost.get();
                        Shell.run("ip", "link", "set", pair.left(), "down");
                        Shell.run("ip", "link", "set", pair.left(), "up");
                        Await.until("told after " + faults, () -> witness.changed.size() + witness.lost.get() > told);
                        return faults.haveFailed();
                    });
                }
            }
        }
    }

    /** Opening it fails at every call: nothing is left. */
    @Test
    void openingUnwinds() {
        long before = Shell.openDescriptors();
        FaultyLibc faults = new FaultyLibc();
        for (int call = 1; call <= 4; call++) { // socket, timeout, bind, eventfd
            for (int errno : FaultyLibc.ERRORS) {
                faults.failCall(call, errno);
                ErrnoException e = assertThrows(
                        ErrnoException.class, () -> new LinkMonitor(faults.libc(), witness, complaints::add));
                assertEquals(errno, e.errno());
                assertTrue(e.getMessage().contains(Errno.name(errno) + "; "), e.getMessage());
                assertEquals(before, Shell.openDescriptors(), faults.failedCall());
            }
        }
    }
}
