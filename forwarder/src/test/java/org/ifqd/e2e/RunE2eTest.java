package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon by its file: reload, ports taken out and in, drain. */
@Tag("e2e")
@Timeout(120)
class RunE2eTest {
    private static final int RELOADS = Integer.getInteger("ifqd.reloads", 40);
    private static final int FRAMES_PER_SECOND = 20_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "curl");
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    private Path file() {
        return folder.resolve("ifqd.toml");
    }

    /** Writes the file: d0 and d1 with ample rings, and what else there shall be. */
    private void write(String more) {
        try {
            Files.writeString(file(), """
                    [[bridge]]
                    ports = ["d0", "d1"]
                    [port.d0]
                    rx-ring = "128MiB"
                    [port.d1]
                    rx-ring = "128MiB"
                    [control]
                    path = "%s"
                    """.formatted(control()) + more);
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
            load.awaitExit(LIMIT);
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
            Await.until(LIMIT, () -> ifqd.process().toString(), () -> ifqd.process()
                    .err()
                    .contains("not reloaded: no such interface: nic7"));
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
                ifqd.awaitText(LIMIT, "ready: e0 <-> e1");
                Assertions.assertTrue(ifqd.err().contains("<4>e0 has MTU 1500 and e1 1400: "), ifqd::toString);
                ifqd.signal("TERM");
                Assertions.assertEquals(0, ifqd.awaitExit(LIMIT), ifqd::toString);
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
                Assertions.assertEquals(2, missing.awaitExit(LIMIT), missing::toString);
                Assertions.assertTrue(missing.out().contains("ok    d0: has carrier\n"), missing::toString);
                Assertions.assertTrue(missing.out().contains("fail  e0: no such interface: e0;"), missing::toString);
                Assertions.assertTrue(missing.out().contains("fail  e1: no such interface: e1;"), missing::toString);
            }
            lab.spare();
            lab.link(Nic.g0, "down");
            try (Child good = lab.start(Node.DUT, check)) {
                Assertions.assertEquals(0, good.awaitExit(LIMIT), good::toString);
                Assertions.assertFalse(good.out().contains("fail"), good::toString);
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
                        .awaitSuccess(LIMIT);
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

    /** The same pair with another setting is closed and opened again. */
    @Test
    void aChangedPortIsOpenedAgain() {
        write("");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file())) {
            write("[link-local]\nstp = \"drop\"\n");
            Assertions.assertEquals("{\"changes\":[\"removed d0 <-> d1\",\"added d0 <-> d1\"]}", reload(ifqd));
            lab.run(Node.GEN, "ping", "-c", "2", "-W", "5", NetLab.SINK_IP);
            ifqd.stats();
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
                        .awaitSuccess(LIMIT);
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
            Await.until(LIMIT, () -> "load", () -> ifqd.stats().port(Nic.d1).txFrames() > 10_000);
            try (Child drain = Child.start(
                    Ifqd.command(List.of("drain", "--control", control().toString())))) {
                Assertions.assertEquals("unaccounted 0\n", drain.awaitSuccess(LIMIT));
            }
            Assertions.assertEquals(0, ifqd.process().awaitExit(LIMIT));
            FinalTable table = FinalTable.parse(ifqd.process().out());
            table.assertConserved();
            Assertions.assertTrue(load.isAlive(), "the load was to go on until the end");
        }
    }
}
