package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon by its file: reload, ports taken out and in, drain. */
@Tag("e2e")
class RunE2eTest {
    private static final int RELOADS = Integer.getInteger("ifqd.reloads", 40);
    private static final String LLDP = "{ 0x01,0x80,0xc2,0,0,0x0e, 2,0,0,0,0,1, 0x88,0xcc, fill(0, 46) }";
    private static final int FRAMES_PER_SECOND = 20_000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "curl", "nft");
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    private Path file() {
        return folder.resolve("ifqd.toml");
    }

    /** Writes the file: d0 and d1 with ample rings, and what else there shall be. */
    private void write(String more) {
        write(more, "");
    }

    /** @param d1 more for d1 */
    private void write(String more, String d1) {
        write(more, d1, "");
    }

    /** @param pair more for the pair */
    private void write(String more, String d1, String pair) {
        try {
            Files.writeString(file(), """
                    [[bridge]]
                    ports = ["d0", "d1"]
                    %s
                    [port.d0]
                    rx-ring = "128MiB"
                    [port.d1]
                    rx-ring = "128MiB"
                    %s
                    [control]
                    path = "%s"
                    """.formatted(pair, d1, control()) + more);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String reload(Ifqd ifqd) {
        return ifqd.ask("{\"command\":\"reload\"}");
    }

    /** Pairs come and go, and the busy one next to them loses nothing. */
    @Test
    void reloadsDoNotTouchWhatStays() {
        write("");
        long endless = 90L * FRAMES_PER_SECOND;
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file());
                Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, endless, FRAMES_PER_SECOND)) {
            lab.spare();
            for (int i = 0; i < RELOADS; i++) {
                boolean there = i % 2 == 0;
                write(there ? "[[bridge]]\nports = [\"e0\", \"e1\"]\n" : "");
                String change = there ? "added e0 <-> e1" : "removed e0 <-> e1";
                Assertions.assertEquals("{\"changes\":[\"" + change + "\"]}", reload(ifqd));
                Assertions.assertEquals(there, ifqd.stats().json().contains("\"e0\""));
            }
            Assertions.assertTrue(load.isAlive(), "the load was to go on all the time");
            load.signal("TERM");
            load.awaitExit();
            Stats stats = ifqd.awaitQuiet();
            long frames = lab.counters(Nic.g0).txFrames();
            Assertions.assertTrue(frames > 0);
            Assertions.assertEquals(frames, stats.port(Nic.d1).txFrames(), stats::json);
            Assertions.assertEquals(frames, lab.counters(Nic.s0).rxFrames());
            ifqd.terminate();
        }
    }

    @Test
    void aBadFileChangesNothingAndSaysWhy() {
        write("");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file())) {
            write("[port.d0]\n[log]\nlevel = \"loud\"\n");
            Assertions.assertTrue(reload(ifqd).startsWith("{\"error\":\"" + file() + ":"), reload(ifqd));
            write("[[bridge]]\nports = [\"nic7\", \"nic8\"]\n");
            Assertions.assertTrue(
                    reload(ifqd).startsWith("{\"error\":\"no such interface: nic7; there are: "), reload(ifqd));
            ifqd.process().signal("HUP");
            Await.until(
                    () -> ifqd.process().toString(),
                    () -> ifqd.process().err().contains("not reloaded: no such interface: nic7"));
            lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", NetLab.SINK_IP);
            ifqd.awaitQuiet();
            ifqd.terminate();
        }
    }

    /** Under systemd the journal has the time, and gets the priority. */
    @Test
    void linesForTheJournalBeginWithTheirPriority() {
        write("[[bridge]]\nports = [\"e0\", \"e1\"]\n");
        List<String> run = new java.util.ArrayList<>(List.of("env", "JOURNAL_STREAM=8:1"));
        run.addAll(Ifqd.command(List.of("run", "--config", file().toString())));
        try (NetLab lab = NetLab.open()) {
            lab.spare();
            Child.run("ip", "-n", lab.namespace(Node.DUT), "link", "set", "e1", "mtu", "1400");
            try (Child ifqd = lab.start(Node.DUT, run)) {
                ifqd.awaitText("ready: e0 <-> e1");
                Assertions.assertTrue(ifqd.err().contains("<4>e0 has MTU 1500 and e1 1400: "), ifqd::toString);
                ifqd.signal("TERM");
                Assertions.assertEquals(0, ifqd.awaitExit(), ifqd::toString);
            }
        }
    }

    /** check tells all at once, and says 2 where run would. */
    @Test
    void checkFindsWhatRunWouldFind() {
        write("[[bridge]]\nports = [\"e0\", \"e1\"]\n");
        try (NetLab lab = NetLab.open()) {
            List<String> check = Ifqd.command(List.of("check", "--config", file().toString()));
            try (Child missing = lab.start(Node.DUT, check)) {
                Assertions.assertEquals(2, missing.awaitExit(), missing::toString);
                Assertions.assertTrue(missing.out().contains("ok    d0: has carrier\n"), missing::toString);
                Assertions.assertTrue(missing.out().contains("fail  e0: no such interface: e0;"), missing::toString);
                Assertions.assertTrue(missing.out().contains("fail  e1: no such interface: e1;"), missing::toString);
            }
            lab.spare();
            lab.link(Nic.g0, "down");
            try (Child good = lab.start(Node.DUT, check)) {
                Assertions.assertEquals(0, good.awaitExit(), good::toString);
                Assertions.assertTrue(good.out().lines().noneMatch(line -> line.startsWith("fail")), good::toString);
                Assertions.assertTrue(good.out().contains("warn  d0: has no carrier"), good::toString);
                Assertions.assertTrue(good.out().contains("\n[port.\"d0\"]\nbackend = \"auto\"\n"), good::toString);
            }
        }
    }

    /** What Prometheus gets, what stats says and what the interfaces count is the same. */
    @Test
    void metricsAddUp() {
        write("[metrics]\nlisten = \"127.0.0.1:9470\"\n");
        try (NetLab lab = NetLab.open()) {
            Child.run("ip", "-n", lab.namespace(Node.DUT), "link", "set", "lo", "up");
            try (Ifqd ifqd = Ifqd.run(lab, control(), file())) {
                Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 5000, 10_000)
                        .awaitSuccess();
                Stats stats = ifqd.awaitQuiet();
                String metrics = lab.run(Node.DUT, "curl", "-sS", "--max-time", "20", "http://127.0.0.1:9470/metrics");
                long sent = stats.port(Nic.d1).txFrames();
                Assertions.assertTrue(sent >= 5000, stats::json);
                Assertions.assertEquals(lab.counters(Nic.d1).txFrames(), sent);
                assertMetric(metrics, "ifqd_port_transmit_frames_total{port=\"d1\"}", sent);
                assertMetric(
                        metrics,
                        "ifqd_port_receive_frames_total{port=\"d0\"}",
                        stats.port(Nic.d0).rxFrames());
                assertMetric(metrics, "ifqd_port_drops_total{port=\"d1\",reason=\"queueFull\"}", 0);
                assertMetric(metrics, "ifqd_port_running{port=\"d0\"}", 1);
                assertMetric(metrics, "ifqd_unaccounted_frames", 0);
                Assertions.assertTrue(metrics.contains("\njvm_gc_collection_seconds_count"), metrics);
                ifqd.terminate();
            }
        }
    }

    private static void assertMetric(String metrics, String name, long value) {
        Assertions.assertTrue(
                metrics.contains("\n" + name + " " + (double) value + "\n"), name + " " + value + "\n" + metrics);
    }

    /** A pair with other sizes is closed and opened again; the port that an operator has taken down stays down. */
    @Test
    void aChangedPortIsOpenedAgain() {
        write("");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file())) {
            for (int queue = 100; queue < 103; queue++) {
                boolean isDown = queue == 101;
                port(ifqd, "d1", isDown ? "down" : "up");
                write("", "queue = " + queue);
                Assertions.assertEquals("{\"changes\":[\"removed d0 <-> d1\",\"added d0 <-> d1\"]}", reload(ifqd));
                Stats stats = ifqd.stats();
                Assertions.assertTrue(stats.json().contains("\"capacity\":" + queue), stats::json);
                Assertions.assertEquals(
                        isDown ? "SUSPENDED" : "RUNNING", stats.port(Nic.d1).state());
                Assertions.assertEquals("RUNNING", stats.port(Nic.d0).state());
                if (!isDown) {
                    lab.run(Node.GEN, "ping", "-c", "2", "-W", "5", NetLab.SINK_IP);
                }
            }
            ifqd.terminate();
        }
    }

    /** Policies change while frames flow: the ports are not touched, no frame is lost, and the policy holds. */
    @Test
    void policiesChangeUnderLoad() {
        write("");
        long endless = 90L * FRAMES_PER_SECOND;
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file());
                Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, endless, FRAMES_PER_SECOND)) {
            for (int i = 0; i < RELOADS; i++) {
                boolean isOdd = i % 2 == 0;
                write(isOdd ? "[link-local]\nlldp = \"drop\"\n[host]\nisolate = \"off\"\n" : "");
                Assertions.assertEquals("{\"changes\":[\"changed d0 <-> d1\"]}", reload(ifqd));
                Assertions.assertEquals(
                        isOdd,
                        lab.run(Node.DUT, "nft", "list", "tables").isBlank(),
                        "isolated or not, as the file says");
            }
            Assertions.assertTrue(load.isAlive(), "the load was to go on all the time");
            load.signal("TERM");
            load.awaitExit();
            Stats stats = ifqd.awaitQuiet();
            long frames = lab.counters(Nic.g0).txFrames();
            Assertions.assertEquals(frames, stats.port(Nic.d1).txFrames(), stats::json);
            for (String policy : List.of("drop", "pass")) {
                write("[link-local]\nlldp = \"" + policy + "\"\n");
                reload(ifqd);
                long before = ifqd.stats().port(Nic.d1).drop("linkLocal");
                Trafgen.paced(lab, Nic.g0, LLDP, 50, 1000).awaitSuccess();
                long dropped = ifqd.awaitQuiet().port(Nic.d1).drop("linkLocal") - before;
                Assertions.assertEquals(policy.equals("drop") ? 50 : 0, dropped);
            }
            ifqd.terminate();
        }
    }

    /**
     * mirror-link goes from the file, or with its pair, while it holds an interface down: that is set up, and no reason
     * to refuse.
     */
    @Test
    void mirrorLinkComesAndGoes() {
        write("", "", "mirror-link = true");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file())) {
            lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", NetLab.SINK_IP);
            for (String port : List.of("", "queue = 100")) {
                lab.link(Nic.s0, "down");
                Await.until(
                        () -> ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d0).state().equals("DOWN"));
                write("", port, "mirror-link = false");
                Assertions.assertTrue(reload(ifqd).startsWith("{\"changes\":["), () -> ifqd.process()
                        .toString());
                Await.until(
                        () -> ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d0).state().equals("RUNNING"));
                lab.link(Nic.s0, "up");
                lab.addresses();
                write("", port, "mirror-link = true");
                Assertions.assertEquals("{\"changes\":[\"changed d0 <-> d1\"]}", reload(ifqd));
                Await.until(
                        () -> ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d1).state().equals("RUNNING"));
                lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", NetLab.SINK_IP);
            }
            ifqd.terminate();
        }
    }

    @Test
    void aPortIsTakenOutAndInAgain() {
        write("");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file())) {
            for (int i = 0; i < 10; i++) {
                Assertions.assertEquals("{\"port\":\"d1\",\"state\":\"SUSPENDED\"}", port(ifqd, "d1", "down"));
                long before = ifqd.stats().port(Nic.d1).drop("notRunning");
                Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 50, 1000)
                        .awaitSuccess();
                Stats stats = ifqd.awaitQuiet();
                Assertions.assertEquals(before + 50, stats.port(Nic.d1).drop("notRunning"), stats::json);
                Assertions.assertEquals("{\"port\":\"d1\",\"state\":\"RUNNING\"}", port(ifqd, "d1", "up"));
                lab.run(Node.GEN, "ping", "-c", "1", "-W", "5", NetLab.SINK_IP);
            }
            Assertions.assertEquals("{\"error\":\"no port 'd7'; there are: d0, d1\"}", port(ifqd, "d7", "up"));
            Assertions.assertEquals("{\"error\":\"no state 'off'; there are: up, down\"}", port(ifqd, "d0", "off"));
            port(ifqd, "d0", "down");
            ifqd.terminate();
        }
    }

    private static String port(Ifqd ifqd, String name, String state) {
        return ifqd.ask("{\"command\":\"port\",\"port\":\"" + name + "\",\"state\":\"" + state + "\"}");
    }

    /** By the command, as an operator does it. */
    @Test
    void drainEndsItWithEverythingSent() {
        write("");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file());
                Child load = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 20_000_000)) {
            Await.until(() -> "load", () -> ifqd.stats().port(Nic.d1).txFrames() > 10_000);
            try (Child drain = Child.start(
                    Ifqd.command(List.of("drain", "--control", control().toString())))) {
                Assertions.assertEquals("unaccounted 0\n", drain.awaitSuccess());
            }
            Assertions.assertEquals(0, ifqd.process().awaitExit());
            FinalTable table = FinalTable.parse(ifqd.process().out());
            table.assertConserved();
            Assertions.assertTrue(load.isAlive(), "the load was to go on until the end");
        }
    }
}
