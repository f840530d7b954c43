package org.ifqd.benchmark;

import java.util.stream.LongStream;
import org.ifqd.probe.FrameSizes;

/**
 * Back-to-back frames, RFC 9004: how many in a row pass without loss, and how many of them the device held.
 *
 * <p>The longest burst is found by doubling and halving, within half a percent; the next search begins where the last
 * one ended.
 *
 * <p><b>Threading:</b> one thread; one object for each size.
 */
final class BackToBack {
    private static final long FIRST = 64;
    private static final double PRECISION = 0.005;
    private static final double NEAR = 0.02;

    private final Tester tester;
    private final FrameSizes sizes;
    private final long longest;
    private double rates;
    private int bursts;

    /** @param longest burst that is tried, frames */
    BackToBack(Tester tester, FrameSizes sizes, long longest) {
        this.tester = tester;
        this.sizes = sizes;
        this.longest = Math.max(longest, FIRST * 2);
    }

    /** @param throughput frames a second that the device sends on meanwhile */
    Report.BackToBackReport measure(int repetitions, double throughput) throws InterruptedException {
        long[] found = new long[repetitions];
        long start = FIRST;
        for (int i = 0; i < repetitions; i++) {
            found[i] = search(start);
            if (found[i] >= longest) {
                return new Report.BackToBackReport(i + 1, true, longest, longest, longest, 0, rate(), 0, 0);
            }
            start = Math.max(1, found[i]);
        }
        double average = LongStream.of(found).average().orElseThrow();
        double variance = LongStream.of(found)
                .mapToDouble(n -> (n - average) * (n - average))
                .average()
                .orElseThrow();
        double queue = average * Math.max(0, 1 - throughput / rate());
        return new Report.BackToBackReport(
                repetitions,
                false,
                average,
                LongStream.of(found).min().orElseThrow(),
                LongStream.of(found).max().orElseThrow(),
                Math.sqrt(variance),
                rate(),
                queue,
                queue / rate());
    }

    private double rate() {
        return bursts == 0 ? 0 : rates / bursts;
    }

    private long search(long start) throws InterruptedException {
        long good = 0;
        long bad = Long.MAX_VALUE;
        long next = start;
        double step = start == FIRST ? 1 : NEAR;
        while (good < longest && bad - good > Math.max(1, (long) (good * PRECISION))) {
            if (passes(next)) {
                good = next;
            } else {
                bad = next;
            }
            if (bad == Long.MAX_VALUE) {
                next = Math.min(longest, good + Math.max(1, (long) (good * step)));
            } else if (good == 0) {
                next = Math.max(1, bad - Math.max(1, (long) (bad * Math.min(step, 0.5))));
                if (bad == 1) {
                    return 0;
                }
            } else {
                next = (good + bad) / 2;
            }
            step *= 2;
        }
        return good;
    }

    private boolean passes(long frames) throws InterruptedException {
        TrialResult result = tester.run(Trial.burst(sizes, frames));
        if (result.offered() > 0 && frames > FIRST) {
            rates += result.offered();
            bursts++;
        }
        return result.lost() == 0;
    }
}
