package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cables and operators do to the interfaces under a forwarder, and that frames flow again afterwards. */
@Tag("e2e")
class LinkE2eTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "nft");
    }

    private static void awaitState(Ifqd ifqd, Nic nic, String state) {
        Await.until(
                () -> nic + " is not " + state + ": " + ifqd.stats().json() + ifqd.process(),
                () -> ifqd.stats().port(nic).state().equals(state));
    }

    private static void awaitPing(NetLab lab, Ifqd ifqd) {
        Await.until(() -> "no ping: " + ifqd.stats().json() + ifqd.process(), () -> ping(lab));
    }

    private static boolean ping(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
            return ping.awaitExit() == 0;
        }
    }

    /** A pulled cable, an interface that is taken down: paused, frames for it counted; and back. */
    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "pcap"})
    void carrierAndState(String backend) {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", backend)) {
            awaitPing(lab, ifqd);
            lab.link(Nic.s0, "down");
            awaitState(ifqd, Nic.d1, "NO_CARRIER");
            Assertions.assertEquals("RUNNING", ifqd.stats().port(Nic.d0).state());
            long before = ifqd.stats().port(Nic.d1).drop("notRunning");
            Assertions.assertFalse(ping(lab));
            Assertions.assertTrue(ifqd.stats().port(Nic.d1).drop("notRunning") > before, "dropped at once, counted");
            lab.link(Nic.s0, "up");
            awaitState(ifqd, Nic.d1, "RUNNING");
            lab.addresses();
            awaitPing(lab, ifqd);

            lab.link(Nic.d0, "down");
            awaitState(ifqd, Nic.d0, "DOWN");
            lab.link(Nic.d0, "up");
            awaitState(ifqd, Nic.d0, "RUNNING");
            lab.addresses();
            awaitPing(lab, ifqd);
            ifqd.terminate();
        }
    }

    /** The interface is deleted and made anew under the same name: another index, fresh rings, counters that go on. */
    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "pcap"})
    void removalAndReturn(String backend) {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", backend)) {
            awaitPing(lab, ifqd);
            for (int i = 0; i < 3; i++) {
                long sent = ifqd.stats().port(Nic.d1).txFrames();
                lab.removeSink();
                awaitState(ifqd, Nic.d1, "ABSENT");
                Assertions.assertEquals("RUNNING", ifqd.stats().port(Nic.d0).state());
                long before = ifqd.stats().port(Nic.d1).drop("notRunning");
                Assertions.assertFalse(ping(lab));
                Assertions.assertTrue(
                        ifqd.stats().port(Nic.d1).drop("notRunning") > before, "dropped at once, counted");
                lab.insertSink();
                awaitPing(lab, ifqd);
                // a frame is counted after it is sent, by a thread that others may hold up
                Await.until(
                        () -> "more than " + sent + " sent: " + ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d1).txFrames() > sent);
            }
            ifqd.terminate();
        }
    }

    @Test
    void aLargerMtuGetsLargerSlots() {
        Requires.otherThan("af_xdp", "veth takes no larger MTU while XDP is there");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitPing(lab, ifqd);
            lab.ip(Node.SINK, "link set s0 mtu 4000");
            lab.ip(Node.GEN, "link set g0 mtu 4000");
            lab.ip(Node.DUT, "link set d0 mtu 4000");
            lab.ip(Node.DUT, "link set d1 mtu 4000");
            Await.until(
                    () -> ifqd.process().toString(),
                    () -> ifqd.process().err().matches("(?s).*d0: index \\d+, MTU 4000, d1: index \\d+, MTU 4000.*"));
            lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", "-M", "do", "-s", "3900", NetLab.SINK_IP);
            ifqd.stats();
            ifqd.terminate();
        }
    }

    /** A port stays with its interface, also when it is opened anew, and so does the isolation, which goes by name. */
    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "pcap"})
    void renamed(String backend) {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", backend)) {
            awaitPing(lab, ifqd);
            lab.ip(Node.DUT, "link set d1 down");
            lab.ip(Node.DUT, "link set d1 name lan1");
            lab.ip(Node.DUT, "link set lan1 up");
            Await.until(
                    () -> ifqd.process().toString(),
                    () -> ifqd.process().err().contains("d1: the interface is called lan1 now"));
            awaitState(ifqd, Nic.d1, "RUNNING");
            lab.addresses();
            awaitPing(lab, ifqd);
            Assertions.assertTrue(
                    lab.run(Node.DUT, "nft", "list", "ruleset").contains("device \"lan1\""),
                    "isolated by its new name");
            lab.ip(Node.DUT, "link set lan1 mtu 1400");
            awaitLines(ifqd, 1, ", MTU 1400");
            Assertions.assertEquals("RUNNING", ifqd.stats().port(Nic.d1).state(), "d1, as in the configuration");
            awaitPing(lab, ifqd);
            ifqd.terminate();
        }
    }

    /**
     * The neighbours of one port see the loss of the other one's carrier, and its return; the end leaves nothing down.
     */
    @Test
    void mirroredLink() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--mirror-link")) {
            awaitPing(lab, ifqd);
            for (int i = 0; i < 3; i++) {
                lab.link(Nic.s0, "down");
                awaitState(ifqd, Nic.d0, "DOWN");
                Assertions.assertTrue(
                        lab.run(Node.GEN, "ip", "-o", "link", "show", "g0").contains("NO-CARRIER"));
                lab.link(Nic.s0, "up");
                awaitState(ifqd, Nic.d0, "RUNNING");
            }
            lab.addresses();
            awaitPing(lab, ifqd);
            lab.link(Nic.g0, "down");
            awaitState(ifqd, Nic.d1, "DOWN");
            ifqd.terminate();
            Assertions.assertTrue(isUp(lab, "d1"));
        }
    }

    /** What mirror-link had set down when ifqd was killed is set up by the next one. */
    @Test
    void killedWhileALinkWasMirrored() {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--mirror-link")) {
                awaitPing(lab, ifqd);
                lab.link(Nic.s0, "down");
                awaitState(ifqd, Nic.d0, "DOWN");
                ifqd.process().signal("KILL");
                ifqd.process().awaitExit();
            }
            Assertions.assertFalse(isUp(lab, "d0"));
            lab.link(Nic.s0, "up");
            try (Ifqd next = Ifqd.bridge(lab, folder, "--mirror-link")) {
                Assertions.assertTrue(next.process().err().contains("d0: set up, as mirror-link asks"));
                lab.addresses();
                awaitPing(lab, next);
                next.terminate();
            }
            Assertions.assertTrue(isUp(lab, "d0"));
        }
    }

    private static boolean isUp(NetLab lab, String nic) {
        return lab.run(Node.DUT, "ip", "-o", "link", "show", nic).matches("(?s).*<[A-Z,_-]*\\bUP\\b.*");
    }

    /**
     * The host begins to use a port that is forwarded: one line, with the cure that a start would give; frames go on.
     */
    @Test
    void theHostBeginsToUseAPort() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitPing(lab, ifqd);
            for (int i = 1; i <= 2; i++) {
                lab.ip(Node.DUT, "addr add 192.0.2.1/24 dev d1");
                awaitLines(ifqd, i, " d1 has IP addresses 192.0.2.1/24; ip addr flush dev d1, or --allow-host");
                lab.ip(Node.DUT, "addr flush dev d1");
                awaitLines(ifqd, i, " d1 has no IP address any more");
            }
            lab.ip(Node.DUT, "link add br7 type bridge");
            lab.ip(Node.DUT, "link set d0 master br7");
            awaitLines(ifqd, 1, " d0 is a port of a bridge; ip link set d0 nomaster, or --allow-host");
            awaitPing(lab, ifqd);
            lab.ip(Node.DUT, "link set d0 nomaster");
            awaitLines(ifqd, 1, " d0 no longer belongs to another bridge or bond");
            awaitPing(lab, ifqd);
            Assertions.assertEquals(
                    6,
                    ifqd.process()
                            .err()
                            .lines()
                            .filter(line -> !line.contains("leaves to offloads")) // af_xdp, of veth
                            .count(),
                    () -> ifqd.process().err());
            ifqd.terminate();
        }
    }

    private static void awaitLines(Ifqd ifqd, int times, String text) {
        Await.until(
                () -> times + " times '" + text + "' in " + ifqd.process(),
                () -> ifqd.process()
                                .err()
                                .lines()
                                .filter(line -> line.endsWith(text))
                                .count()
                        == times);
    }

    /**
     * An interface that is back and cannot be opened is tried again and said once; that it goes meanwhile is no reason
     * to try without a pause.
     */
    @Test
    void whatCannotBeOpenedIsTriedAgainWithPauses() {
        String refusal = "d0 <-> d1: cannot be opened anew, tried again: d1 has IP addresses %s;"
                + " ip addr flush dev d1, or --allow-host";
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitPing(lab, ifqd);
            lab.removeSink();
            awaitState(ifqd, Nic.d1, "ABSENT");
            lab.insertSink("192.0.2.1/24");
            awaitLines(ifqd, 1, refusal.formatted("192.0.2.1/24"));
            lab.removeSink();
            awaitState(ifqd, Nic.d1, "ABSENT");
            long before = controllingTicks(ifqd);
            for (int i = 0; i < 2; i++) {
                Assertions.assertFalse(ping(lab)); // takes a second
            }
            long spent = controllingTicks(ifqd) - before;
            Assertions.assertTrue(
                    spent < 100, spent + " ticks of 10 ms on the controlling thread, which has nothing to do");
            lab.insertSink("192.0.2.2/24"); // the same once more would be folded
            awaitLines(ifqd, 1, refusal.formatted("192.0.2.2/24"));
            lab.ip(Node.DUT, "addr flush dev d1");
            awaitPing(lab, ifqd);
            ifqd.terminate();
        }
    }

    /** Processor time of the main thread, in clock ticks. */
    private static long controllingTicks(Ifqd ifqd) {
        Path tasks = Path.of("/proc", Long.toString(ifqd.process().pid()), "task");
        long most = 0;
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                if (name.equals("java") || name.equals("main")) {
                    most = Math.max(most, Long.parseLong(fields[11]) + Long.parseLong(fields[12])); // utime, stime
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Assertions.assertTrue(most > 0, "no main thread");
        return most;
    }

    /** An ifqd that starts before its interfaces: it is ready when they are. */
    @Test
    void waitsForItsInterfaces() {
        try (NetLab lab = NetLab.open()) {
            lab.removeSink();
            try (Ifqd ifqd = Ifqd.waiting(lab, folder)) {
                awaitState(ifqd, Nic.d1, "ABSENT");
                lab.insertSink();
                Await.until(
                        () -> ifqd.process().toString(),
                        () -> ifqd.process().out().contains("ready: d0 <-> d1"));
                lab.addresses();
                awaitPing(lab, ifqd);
                ifqd.terminate();
            }
        }
    }
}
