package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Holdings;
import org.ifqd.linux.lab.Shell;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Interfaces that go and come all the time, under load: nothing is lost without a trace, nothing is left open. More of
 * it by
 * {@code -Difqd.flaps=1000 -Difqd.recreations=200}; {@code -Difqd.seed} for another order.
 */
@Tag("e2e")
class FlapsE2eTest {
    private static final int FLAPS = Integer.getInteger("ifqd.flaps", 300);
    private static final int RECREATIONS = Integer.getInteger("ifqd.recreations", 30);
    private static final long SEED = Long.getLong("ifqd.seed", 7);
    private static final int PIECE = 100;
    private static final int FRAMES_PER_SECOND = 20_000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "ping");
    }

    /** No more is held than before, which may have included a client's connection that was just being closed. */
    private static void awaitHoldings(Ifqd ifqd, Holdings before) {
        Await.until(
                () -> before + " -> " + Holdings.of(ifqd.process().pid()) + "\n" + descriptors(ifqd),
                () -> Holdings.of(ifqd.process().pid()).isAtMost(before));
    }

    private static String descriptors(Ifqd ifqd) {
        return Shell.run("ls", "-l", "/proc/" + ifqd.process().pid() + "/fd");
    }

    private static void awaitRunningAndPing(NetLab lab, Ifqd ifqd) {
        lab.addresses();
        Await.until(() -> ifqd.stats().json() + ifqd.process(), () -> {
            try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
                return ping.awaitExit() == 0;
            }
        });
        for (Nic nic : List.of(Nic.d0, Nic.d1)) {
            Assertions.assertEquals("RUNNING", ifqd.stats().port(nic).state());
        }
    }

    /**
     * Does something so many times while frames come in; a generator's time is bounded, so there is one for each piece
     * of it.
     */
    private static void underLoad(NetLab lab, int times, IntConsumer work) {
        for (int done = 0; done < times; ) {
            try (Child load = Trafgen.paced(
                    lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 300L * FRAMES_PER_SECOND, FRAMES_PER_SECOND)) {
                for (int end = Math.min(times, done + PIECE); done < end; done++) {
                    work.accept(done);
                }
                Assertions.assertTrue(load.isAlive(), load::toString);
                load.signal("TERM");
                load.awaitExit();
            }
        }
    }

    @Test
    void downAndUp() {
        Random random = new Random(SEED);
        Nic[] nics = Nic.values();
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitRunningAndPing(lab, ifqd);
            Holdings before = Holdings.of(ifqd.process().pid());
            underLoad(lab, FLAPS, i -> {
                // g0 stays, or the generator ends; the sink's other end, and both of ours
                Nic nic = nics[1 + random.nextInt(nics.length - 1)];
                lab.link(nic, "down");
                if (random.nextInt(4) == 0) {
                    ifqd.stats();
                }
                lab.link(nic, "up");
            });
            awaitRunningAndPing(lab, ifqd);
            awaitHoldings(ifqd, before);
            Stats stats = ifqd.stats();
            Assertions.assertTrue(stats.port(Nic.d1).txFrames() > 0, stats::json);
            ifqd.terminate();
            System.out.printf(
                    "%d flaps, seed %d: %s -> no more; %s%n",
                    FLAPS, SEED, before, ifqd.process().out());
        }
    }

    @Test
    void deletedAndMadeAnew() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            awaitRunningAndPing(lab, ifqd);
            Holdings before = Holdings.of(ifqd.process().pid());
            underLoad(lab, RECREATIONS, i -> {
                lab.removeSink();
                if (i % 3 == 0) {
                    Await.until(
                            () -> ifqd.stats().json(),
                            () -> ifqd.stats().port(Nic.d1).state().equals("ABSENT"));
                }
                lab.insertSink();
            });
            awaitRunningAndPing(lab, ifqd);
            awaitHoldings(ifqd, before);
            ifqd.terminate();
            System.out.printf(
                    "%d deletions: %s -> no more; %s%n",
                    RECREATIONS, before, ifqd.process().out());
        }
    }
}
