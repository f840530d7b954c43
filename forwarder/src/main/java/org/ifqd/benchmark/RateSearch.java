package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.probe.FrameSizes;

/**
 * Searches the throughput of one size for several goals (MLRsearch). Starts at the highest load, goes on at what came
 * through there, then halves the distance of the bounds on a logarithmic scale; first with short trials and wide
 * bounds, in the end with the goal's own.
 *
 * <p><b>What ends at the tester.</b> A bound is what its trials did offer, which is less than was intended where the
 * sender was held up for a moment. If the sender does not reach a load at all, the load counts as what it did send, and
 * that is the highest load from then on. If the receiver was too slow, what is missing may not be the device's loss:
 * then the highest load becomes a lower one, and a load that was lost so is no bound.
 *
 * <p><b>Threading:</b> one thread; one object for each size.
 */
final class RateSearch {
    /** Below this part of the highest load nothing is searched. */
    private static final double LOWEST = 1e-5;

    /** For a device, or a tester, of which nothing can be said twice. */
    private static final int MOST_TRIALS = 500;

    private static final double BACK_OFF = 0.9;
    private static final double CLOSE = 0.995;

    private final Tester tester;
    private final FrameSizes sizes;
    private final LoadHistory history = new LoadHistory();
    private final double maximum;
    private double most;
    private double lowest;
    private int trials;
    private double forwarded;
    private boolean limitedByTester;

    /**
     * @param maximum frames a second and direction, of the line or as the user wants it; 0 for what the sender can
     */
    RateSearch(Tester tester, FrameSizes sizes, double maximum) {
        this.tester = tester;
        this.sizes = sizes;
        this.maximum = maximum;
    }

    /** One element for each goal. */
    List<Report.Throughput> search(List<Goal> goals) throws InterruptedException {
        begin(goals.getFirst().initialSeconds());
        List<Report.Throughput> found = new ArrayList<>();
        for (Goal goal : goals) {
            for (Goal phase : goal.phases()) {
                narrow(phase);
            }
            found.add(result(goal));
        }
        return found;
    }

    /** The highest load that was offered, or could be: frames a second and direction. */
    double most() {
        return most;
    }

    private void begin(double seconds) throws InterruptedException {
        Trial trial = Trial.of(sizes, maximum, seconds);
        TrialResult result = run(trial);
        most = result.offered();
        lowest = most * LOWEST;
        limitedByTester = maximum == 0 || result.fellShort();
        forwarded = Math.min(most, Math.max(result.forwarded(), lowest));
        if (!result.isMissedByTester()) {
            history.add(most, most, seconds, result.lossRatio());
        }
    }

    private TrialResult run(Trial trial) throws InterruptedException {
        trials++;
        return tester.run(trial);
    }

    private void narrow(Goal goal) throws InterruptedException {
        double step = goal.width();
        while (true) {
            double upper = history.upper(goal);
            double lower = history.lower(goal);
            boolean narrow = !Double.isInfinite(upper) && upper - lower <= goal.width() * upper;
            if (narrow || lower >= most * CLOSE || Math.min(upper, most) <= lowest || trials >= MOST_TRIALS) {
                forwarded = lower > 0 ? lower : forwarded; // where the next phase begins
                return;
            }
            double next;
            if (lower == 0 && Double.isInfinite(upper)) {
                next = forwarded;
            } else if (lower == 0) {
                next = forwarded < upper ? forwarded : upper * (1 - step);
                forwarded = Math.min(forwarded, next) * (1 - step);
                step = Math.min(step * 2, 0.5);
            } else if (Double.isInfinite(upper)) {
                next = lower * (1 + step);
                step = Math.min(step * 2, 1);
            } else {
                next = Math.sqrt(lower * upper);
            }
            decide(Math.min(next, most), goal);
        }
    }

    /** Measures a load until it is decided, or until it shows that it cannot be offered. */
    private void decide(double load, Goal goal) throws InterruptedException {
        while (history.classify(load, goal) == LoadHistory.Bound.UNDECIDED) {
            Trial trial = Trial.of(sizes, load, goal.finalSeconds());
            TrialResult result = run(trial);
            if (result.isMissedByTester()) {
                limitedByTester = true;
                most = Math.min(most, load) * BACK_OFF;
                forwarded = Math.min(forwarded, most);
                return;
            }
            double reached = result.fellShort() ? result.offered() : load;
            history.add(reached, result.offered(), trial.seconds(), result.lossRatio());
            if (result.fellShort()) {
                limitedByTester = true;
                most = Math.min(most, result.offered());
                forwarded = Math.min(forwarded, result.offered());
                return;
            }
        }
    }

    private Report.Throughput result(Goal goal) {
        double upper = history.upper(goal);
        double lower = history.lower(goal);
        Report.Limit limit = Report.Limit.DEVICE;
        if (lower == 0) {
            limit = Report.Limit.NOTHING_PASSED;
        } else if (Double.isInfinite(upper) || upper > most && lower >= most * CLOSE) {
            limit = limitedByTester ? Report.Limit.TESTER : Report.Limit.HIGHEST_LOAD;
        }
        return new Report.Throughput(
                goal.lossRatio(),
                goal.exceedRatio(),
                lower == 0 ? 0 : history.offered(lower),
                limit == Report.Limit.DEVICE || limit == Report.Limit.NOTHING_PASSED ? history.offered(upper) : null,
                lower == 0 ? 0 : history.conditionalThroughput(lower, goal),
                limit);
    }
}
