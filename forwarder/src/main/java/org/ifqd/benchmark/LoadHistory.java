package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The trials so far, by load, and what they say of a load for a goal (MLRsearch, appendix on load classification).
 *
 * <p>A trial shorter than the goal's final duration counts only against a load, as far as the good ones among the short
 * do not make up for it: a short trial shows that a load is too high, never that it is not.
 */
final class LoadHistory {
    /** What a load is for a goal. */
    enum Bound {
        LOWER,
        UPPER,
        UNDECIDED
    }

    private record Entry(double offered, double seconds, double lossRatio) {}

    private final NavigableMap<Double, List<Entry>> loads = new TreeMap<>();

    /** @param offered what the trial really offered, near the load */
    void add(double load, double offered, double seconds, double lossRatio) {
        loads.computeIfAbsent(load, any -> new ArrayList<>()).add(new Entry(offered, seconds, lossRatio));
    }

    /** What the trials of a load really offered, on average; the load itself if there are none. */
    double offered(double load) {
        return loads.getOrDefault(load, List.of()).stream()
                .mapToDouble(Entry::offered)
                .average()
                .orElse(load);
    }

    Bound classify(double load, Goal goal) {
        Sums sums = new Sums(loads.getOrDefault(load, List.of()), goal);
        double tolerated = sums.whole * goal.exceedRatio();
        if (sums.whole - sums.fullGood <= tolerated) {
            return Bound.LOWER; // even if all that is still to be measured were bad
        }
        return sums.bad <= tolerated ? Bound.UNDECIDED : Bound.UPPER;
    }

    /** The lowest load that is an upper bound; infinite if there is none. */
    double upper(Goal goal) {
        return loads.keySet().stream()
                .filter(load -> classify(load, goal) == Bound.UPPER)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** The highest load below the upper bound that is a lower bound; 0 if there is none. */
    double lower(Goal goal) {
        return loads.headMap(upper(goal), false).descendingKeySet().stream()
                .filter(load -> classify(load, goal) == Bound.LOWER)
                .findFirst()
                .orElse(0.0);
    }

    /** The rate that comes through at a load, of the worst of its trials that the goal does not let us leave out. */
    double conditionalThroughput(double load, Goal goal) {
        List<Entry> trials = loads.getOrDefault(load, List.of());
        double remaining = new Sums(trials, goal).whole * (1 - goal.exceedRatio());
        double loss = 0;
        List<Entry> full = trials.stream()
                .filter(trial -> isFull(trial, goal))
                .sorted(Comparator.comparingDouble(Entry::lossRatio))
                .toList();
        for (Entry trial : full) {
            if (remaining <= 0) {
                break;
            }
            loss = trial.lossRatio;
            remaining -= trial.seconds;
        }
        return remaining > 1e-9 ? 0 : offered(load) * (1 - loss);
    }

    private static boolean isFull(Entry trial, Goal goal) {
        return trial.seconds >= goal.finalSeconds() * 0.999;
    }

    /** Seconds of a load: good in full length, bad in effect, and in all. */
    private static final class Sums {
        final double fullGood;
        final double bad;
        final double whole;

        Sums(List<Entry> trials, Goal goal) {
            double good = 0;
            double fullBad = 0;
            double shortGood = 0;
            double shortBad = 0;
            for (Entry trial : trials) {
                boolean isGood = trial.lossRatio <= goal.lossRatio();
                if (isFull(trial, goal)) {
                    good += isGood ? trial.seconds : 0;
                    fullBad += isGood ? 0 : trial.seconds;
                } else {
                    shortGood += isGood ? trial.seconds : 0;
                    shortBad += isGood ? 0 : trial.seconds;
                }
            }
            double balancing = shortGood * goal.exceedRatio() / (1 - goal.exceedRatio());
            fullGood = good;
            bad = fullBad + Math.max(0, shortBad - balancing);
            whole = Math.max(fullGood + bad, goal.sumSeconds());
        }
    }
}
