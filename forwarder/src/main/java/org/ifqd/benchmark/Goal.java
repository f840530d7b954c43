package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * A search goal of MLRsearch (4.6 of the draft): which loss is accepted, how often it may be exceeded, how long is
 * measured.
 *
 * @param lossRatio up to which a trial counts as good, 0 to below 1
 * @param exceedRatio which part of the time trials may be worse, 0 to below 1
 * @param initialSeconds of the first, shortest trials
 * @param finalSeconds of trials that count in full
 * @param sumSeconds how long a load is measured that is not decided before
 * @param width how far apart the bounds may be in the end, as part of the upper one
 */
public record Goal(
        double lossRatio,
        double exceedRatio,
        double initialSeconds,
        double finalSeconds,
        double sumSeconds,
        double width) {
    private static final double GROWTH = 4; // from phase to phase
    private static final double WIDER = 2;

    /** The goals on the way, shortest trials and widest bounds first; this one is the last. */
    List<Goal> phases() {
        List<Goal> phases = new ArrayList<>(List.of(this));
        double seconds = finalSeconds / GROWTH;
        double wider = width * WIDER;
        while (seconds >= initialSeconds) {
            phases.addFirst(new Goal(lossRatio, exceedRatio, seconds, seconds, seconds, wider));
            seconds /= GROWTH;
            wider *= WIDER;
        }
        return phases;
    }
}
