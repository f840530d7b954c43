package org.ifqd.benchmark;

import org.ifqd.probe.FrameSizes;

/**
 * System recovery, RFC 2544, 26.5: how long frames are still lost when an overload of 110 % of the throughput has ended
 * and half of it is offered.
 */
final class Recovery {
    private static final double OVERLOAD = 1.1;
    private static final double RECOVERED = 0.5;

    private Recovery() {}

    /** @param overloadSeconds 60 in the RFC */
    static Report.RecoveryReport measure(
            Tester tester, FrameSizes sizes, double throughput, double overloadSeconds, double seconds)
            throws InterruptedException {
        double rate = throughput * RECOVERED;
        TrialResult result = tester.run(Trial.of(sizes, rate, seconds).after(throughput * OVERLOAD, overloadSeconds));
        return new Report.RecoveryReport(throughput * OVERLOAD, rate, result.lost(), recovered(result));
    }

    /** Null if frames were lost to the very end. */
    private static Double recovered(TrialResult result) {
        if (result.lost() == 0) {
            return 0.0;
        }
        return result.lostAtEnd() > 0 || result.lastMissing() < 0
                ? null
                : (result.lastMissing() + 1) / result.offered();
    }
}
