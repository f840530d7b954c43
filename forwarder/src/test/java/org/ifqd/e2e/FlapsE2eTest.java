package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Shell;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces that go and come all the time, under load: nothing is lost without a trace, nothing is left open. */
@Tag("e2e")
@Timeout(400)
class FlapsE2eTest {
    private static final int FLAPS = Integer.getInteger("ifqd.flaps", 300);
    private static final int RECREATIONS = Integer.getInteger("ifqd.recreations", 30);
    private static final int FRAMES_PER_SECOND = 20_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "ping");
    }

    /** What a process has of the kernel. */
    private record Holdings(long sockets, long mappings, long threads) {
        boolean isAtMost(Holdings other) {
            return sockets <= other.sockets && mappings <= other.mappings && threads <= other.threads;
        }

        static Holdings of(Ifqd ifqd) {
            Path proc = Path.of("/proc", Long.toString(ifqd.process().pid()));
            try (Stream<Path> fds = Files.list(proc.resolve("fd"));
                    Stream<Path> tasks = Files.list(proc.resolve("task"));
                    Stream<String> maps = Files.lines(proc.resolve("maps"))) {
                // the JVM opens files and pollers when it first needs them, maps and unmaps its heap: ours are sockets,
                // rings are theirs
                return new Holdings(
                        fds.filter(fd -> target(fd).startsWith("socket:")).count(),
                        maps.filter(line -> line.contains("socket:")).count(),
                        tasks.map(FlapsE2eTest::name)
                                .filter(name -> name.startsWith("rx-") || name.startsWith("ifq"))
                                .count());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** No more is held than before, which may have included a client's connection that was just being closed. */
    private static void awaitHoldings(Ifqd ifqd, Holdings before) {
        Await.until(LIMIT, () -> before + " -> " + Holdings.of(ifqd) + "\n" + descriptors(ifqd), () -> Holdings.of(ifqd)
                .isAtMost(before));
    }

    private static String descriptors(Ifqd ifqd) {
        return Shell.run("ls", "-l", "/proc/" + ifqd.process().pid() + "/fd");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }

    private static void awaitRunningAndPing(NetLab lab, Ifqd ifqd) {
        lab.addresses();
        Await.until(LIMIT, () -> ifqd.stats().json() + ifqd.process(), () -> {
            try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
                return ping.awaitExit(Duration.ofSeconds(10)) == 0;
            }
        });
        for (Nic nic : List.of(Nic.d0, Nic.d1)) {
            Assertions.assertEquals("RUNNING", ifqd.stats().port(nic).state());
        }
    }

    @Test
    void downAndUp() {
        Random random = new Random(7);
        Nic[] nics = Nic.values();
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitRunningAndPing(lab, ifqd);
            Holdings before = Holdings.of(ifqd);
            // g0 stays, or the generator ends; the sink's other end, and both of ours
            try (Child load = Trafgen.paced(
                    lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 300L * FRAMES_PER_SECOND, FRAMES_PER_SECOND)) {
                for (int i = 0; i < FLAPS; i++) {
                    Nic nic = nics[1 + random.nextInt(nics.length - 1)];
                    lab.link(nic, "down");
                    if (random.nextInt(4) == 0) {
                        ifqd.stats();
                    }
                    lab.link(nic, "up");
                }
                Assertions.assertTrue(load.isAlive(), load::toString);
                load.signal("TERM");
                load.awaitExit(LIMIT);
            }
            awaitRunningAndPing(lab, ifqd);
            awaitHoldings(ifqd, before);
            Stats stats = ifqd.stats();
            Assertions.assertTrue(stats.port(Nic.d1).txFrames() > 0, stats::json);
            ifqd.terminate();
        }
    }

    @Test
    void deletedAndMadeAnew() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitRunningAndPing(lab, ifqd);
            Holdings before = Holdings.of(ifqd);
            try (Child load = Trafgen.paced(
                    lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 300L * FRAMES_PER_SECOND, FRAMES_PER_SECOND)) {
                for (int i = 0; i < RECREATIONS; i++) {
                    lab.removeSink();
                    if (i % 3 == 0) {
                        Await.until(
                                LIMIT,
                                () -> ifqd.stats().json(),
                                () -> ifqd.stats().port(Nic.d1).state().equals("ABSENT"));
                    }
                    lab.insertSink();
                }
                Assertions.assertTrue(load.isAlive(), load::toString);
                load.signal("TERM");
                load.awaitExit(LIMIT);
            }
            awaitRunningAndPing(lab, ifqd);
            awaitHoldings(ifqd, before);
            ifqd.terminate();
        }
    }
}
