package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * A device whose truth is known: it sends on so many frames a second, holds so many, and loses what is more; behind a
 * sender that has a limit of its own.
 */
final class SimulatedDevice implements Tester {
    private final double capacity;
    private final double queue;
    private final double sender;
    final List<Trial> trials = new ArrayList<>();

    /** Which part of the trials loses frames whatever the load is. */
    double badTrials;

    /** Every so many frames one is lost; 0 for never. */
    int losesEvery;

    /** Frames a second that the receiver can look at. */
    double receiver = Double.MAX_VALUE;

    private final Random random = new Random(7);

    SimulatedDevice(double capacity, double queue, double sender) {
        this.capacity = capacity;
        this.queue = queue;
        this.sender = sender;
    }

    @Override
    public TrialResult run(Trial trial) {
        trials.add(trial);
        double offered = trial.rate() == 0 ? sender : Math.min(trial.rate(), sender);
        double seconds = trial.frames() > 0 ? trial.frames() / offered : trial.seconds();
        long sent = trial.frames() > 0 ? trial.frames() : Math.round(offered * seconds);
        double tooMuch = Math.max(0, (offered - capacity) * seconds - queue);
        long lost = tooMuch < 1 ? 0 : Math.round(tooMuch);
        if (random.nextDouble() < badTrials) {
            lost = Math.max(lost, sent / 50);
        }
        if (losesEvery > 0) {
            lost += (sent - lost) / losesEvery;
        }
        long missed = Math.max(0, Math.round((Math.min(offered, capacity) - receiver) * seconds));
        lost += missed;
        return new TrialResult(
                trial.rate(),
                offered,
                seconds,
                sent,
                sent - lost,
                0,
                0,
                0,
                missed,
                lost == 0 ? -1 : sent / 4,
                0,
                new Histogram(2),
                new Histogram(2));
    }
}
