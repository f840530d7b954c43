package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.ifqd.cli.BenchmarkRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A device that loses, doubles, swaps or changes every so manieth frame: a benchmark counts exactly those. */
class FaultyDeviceBenchmarkTest {
    private static final int EVERY = 100;
    private static final int WHICH = 50;
    private static final String RUN = " --size 64 --max-rate 3000 --seconds 0.4 --timeout 0.3 --json ";

    private static Lab lab;

    @BeforeAll
    static void open() {
        lab = Lab.open(2);
    }

    @AfterAll
    static void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private static BenchmarkRun benchmark(FaultyLink.Fault fault, String arguments) throws InterruptedException {
        FaultyLink link = FaultyLink.start(lab.port("r0"), lab.port("l1"), fault);
        try {
            return BenchmarkRun.of(lab.port("l0") + " " + lab.port("r1") + RUN + arguments);
        } finally {
            link.close();
        }
    }

    private static boolean isOne(FaultyLink link) {
        return link.sequence() % EVERY == WHICH;
    }

    /** Of so many numbered frames, how many are such ones. */
    private static long ones(long frames) {
        return (frames + EVERY - WHICH - 1) / EVERY;
    }

    private static long number(Object map, String key) {
        return ((Number) ((Map<?, ?>) map).get(key)).longValue();
    }

    /** All that the trials of the search sent. */
    private static long expected(Map<?, ?> size) {
        return ((List<?>) size.get("trials"))
                .stream().mapToLong(trial -> ones(number(trial, "sent"))).sum();
    }

    @Test
    void lossOfEveryHundredthIsExact() throws InterruptedException {
        BenchmarkRun run = benchmark(
                (link, n) -> {
                    if (!isOne(link)) {
                        link.send();
                    }
                },
                "--tests loss --loss-ratio 0.02");
        assertEquals(0, run.status(), run::toString);
        List<?> points = (List<?>) run.size().get("loss");
        assertEquals(10, points.size(), run::toString);
        for (Object point : points) {
            assertEquals(ones(number(point, "sent")), number(point, "lost"), run::toString);
        }
    }

    @Test
    void duplicatesAreCounted() throws InterruptedException {
        BenchmarkRun run = benchmark(
                (link, n) -> {
                    link.send();
                    if (isOne(link)) {
                        link.send();
                    }
                },
                "--tests throughput");
        assertEquals(1, run.status(), run::toString);
        Map<?, ?> size = run.size();
        assertEquals(expected(size), number(size.get("faults"), "duplicated"), run::toString);
        assertEquals(0, number(size.get("faults"), "reordered"), run::toString);
    }

    @Test
    void swappedFramesAreCounted() throws InterruptedException {
        BenchmarkRun run = benchmark(
                (link, n) -> {
                    if (isOne(link)) {
                        link.keep();
                        return;
                    }
                    link.send();
                    if (link.sequence() % EVERY == WHICH + 1) {
                        link.sendKept();
                    }
                },
                "--tests throughput");
        assertEquals(1, run.status(), run::toString);
        Map<?, ?> size = run.size();
        long reordered = number(size.get("faults"), "reordered");
        // A trial may end with the frame that was kept: then it is lost, and not late.
        assertTrue(reordered > 0 && expected(size) - reordered <= 1, run::toString);
        assertEquals(0, number(size.get("faults"), "duplicated"), run::toString);
    }

    @Test
    void changedFramesAreCounted() throws InterruptedException {
        BenchmarkRun run = benchmark(
                (link, n) -> {
                    if (isOne(link)) {
                        link.flip(59 * 8);
                    }
                    link.send();
                },
                "--tests throughput --loss-ratio 0.02");
        assertEquals(1, run.status(), run::toString);
        Map<?, ?> size = run.size();
        assertEquals(expected(size), number(size.get("faults"), "corrupted"), run::toString);
    }

    @Test
    void deviceThatForwardsNothingIsSaidSo() throws InterruptedException {
        BenchmarkRun run = benchmark((link, n) -> {}, "--tests throughput,latency,back-to-back");
        assertEquals(0, run.status(), run::toString);
        Object throughput = ((List<?>) run.size().get("throughput")).getFirst();
        assertEquals("NOTHING_PASSED", ((Map<?, ?>) throughput).get("limit"), run::toString);
    }

    @Test
    void resetIsTheTimeWithoutFrames() throws InterruptedException {
        String command = "true"; // no blank: the command line is split there
        BenchmarkRun run = benchmark((link, n) -> link.send(), "--tests reset --reset " + command);
        assertEquals(0, run.status(), run::toString);
        assertEquals(0, number(run.size().get("reset"), "lost"), run::toString);
        BenchmarkRun failed = benchmark((link, n) -> link.send(), "--tests reset --reset false");
        assertEquals(1, failed.status(), failed::toString);
        assertTrue(failed.err().contains("--reset 'false': status 1"), failed::toString);
    }
}
