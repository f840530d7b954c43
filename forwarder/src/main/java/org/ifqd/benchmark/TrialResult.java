package org.ifqd.benchmark;

import org.HdrHistogram.Histogram;

/**
 * What became of the frames of a trial, all directions together.
 *
 * @param intended the trial's rate; 0 for as fast as possible
 * @param offered frames a second and direction that were sent; of two directions the slower one's
 * @param seconds it took to send them
 * @param missed frames of any kind that came in and that the tester was too slow to look at; they may be among the lost
 * @param lastMissing which frame by order of sending was the last that was missing; -1 if none is known
 * @param lostAtEnd frames after which none of their flow came
 * @param lateNs how late system calls began to send
 */
record TrialResult(
        double intended,
        double offered,
        double seconds,
        long sent,
        long received,
        long reordered,
        long duplicated,
        long corrupted,
        long missed,
        long lastMissing,
        long lostAtEnd,
        Histogram latencyNs,
        Histogram lateNs) {
    /** Below this part of the rate a sender is called too slow. */
    private static final double TOLERANCE = 0.02;

    long lost() {
        return sent - received;
    }

    double lossRatio() {
        return sent == 0 ? 0 : (double) lost() / sent;
    }

    /** Frames a second and direction that came through. */
    double forwarded() {
        return offered * (1 - lossRatio());
    }

    /** Whether the sender did not keep the rate; one frame more or less says nothing. */
    boolean fellShort() {
        double due = intended * seconds;
        return due - offered * seconds > Math.max(1.5, due * TOLERANCE);
    }

    /** Whether frames are missing that may never have been the device's. */
    boolean isMissedByTester() {
        return lost() > 0 && missed > 0;
    }
}
