package org.ifqd.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cables and operators do to the interfaces under a forwarder, and that frames flow again afterwards. */
@Tag("e2e")
@Timeout(180)
class LinkE2eTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "nft");
    }

    private static void awaitState(Ifqd ifqd, Nic nic, String state) {
        Await.until(
                SOON,
                () -> nic + " is not " + state + ": " + ifqd.stats().json() + ifqd.process(),
                () -> ifqd.stats().port(nic).state().equals(state));
    }

    private static void awaitPing(NetLab lab, Ifqd ifqd) {
        Await.until(SOON, () -> "no ping: " + ifqd.stats().json() + ifqd.process(), () -> ping(lab));
    }

    private static boolean ping(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
            return ping.awaitExit(Duration.ofSeconds(10)) == 0;
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
                Assertions.assertTrue(ifqd.stats().port(Nic.d1).txFrames() > sent, "counters go on");
            }
            ifqd.terminate();
        }
    }

    @Test
    void aLargerMtuGetsLargerSlots() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitPing(lab, ifqd);
            lab.ip(Node.SINK, "link set s0 mtu 4000");
            lab.ip(Node.GEN, "link set g0 mtu 4000");
            lab.ip(Node.DUT, "link set d0 mtu 4000");
            lab.ip(Node.DUT, "link set d1 mtu 4000");
            Await.until(SOON, () -> ifqd.process().toString(), () -> ifqd.process()
                    .err()
                    .matches("(?s).*d0: index \\d+, MTU 4000, d1: index \\d+, MTU 4000.*"));
            lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", "-M", "do", "-s", "3900", NetLab.SINK_IP);
            ifqd.stats();
            ifqd.terminate();
        }
    }

    /** A port stays with its interface, and so does the isolation, which goes by name. */
    @Test
    void renamed() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitPing(lab, ifqd);
            lab.ip(Node.DUT, "link set d1 down");
            lab.ip(Node.DUT, "link set d1 name lan1");
            lab.ip(Node.DUT, "link set lan1 up");
            Await.until(SOON, () -> ifqd.process().toString(), () -> ifqd.process()
                    .err()
                    .contains("d1: the interface is called lan1 now"));
            awaitState(ifqd, Nic.d1, "RUNNING");
            lab.addresses();
            awaitPing(lab, ifqd);
            Assertions.assertTrue(
                    lab.run(Node.DUT, "nft", "list", "ruleset").contains("device \"lan1\""),
                    "isolated by its new name");
            ifqd.terminate();
        }
    }

    /** The neighbours of one port see the loss of the other one's carrier, and its return; the end leaves nothing down. */
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
            Assertions.assertTrue(
                    lab.run(Node.DUT, "ip", "-o", "link", "show", "d1").matches("(?s).*<[A-Z,_-]*\\bUP\\b.*"));
        }
    }

    /** An ifqd that starts before its interfaces: it is ready when they are. */
    @Test
    void waitsForItsInterfaces() {
        try (NetLab lab = NetLab.open()) {
            lab.removeSink();
            try (Ifqd ifqd = Ifqd.waiting(lab, folder)) {
                awaitState(ifqd, Nic.d1, "ABSENT");
                lab.insertSink();
                Await.until(SOON, () -> ifqd.process().toString(), () -> ifqd.process()
                        .out()
                        .contains("ready: d0 <-> d1"));
                lab.addresses();
                awaitPing(lab, ifqd);
                ifqd.terminate();
            }
        }
    }
}
