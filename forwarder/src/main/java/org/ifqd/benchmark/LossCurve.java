package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.probe.FrameSizes;

/**
 * Frame loss rate, RFC 2544, 26.3: from the highest load down in steps of a tenth, until two in turn lose nothing.
 *
 * <p><b>Threading:</b> one thread.
 */
final class LossCurve {
    private static final int STEPS = 10;
    private static final int CLEAN = 2;

    private LossCurve() {}

    static List<Report.LossPoint> measure(Tester tester, FrameSizes sizes, double highest, double seconds)
            throws InterruptedException {
        List<Report.LossPoint> points = new ArrayList<>();
        int clean = 0;
        for (int step = STEPS; step > 0 && clean < CLEAN; step--) {
            double load = (double) step / STEPS;
            TrialResult result = tester.run(Trial.of(sizes, highest * load, seconds));
            points.add(new Report.LossPoint(load, result.offered(), result.sent(), result.lost()));
            clean = result.lost() == 0 ? clean + 1 : 0;
        }
        return points;
    }
}
