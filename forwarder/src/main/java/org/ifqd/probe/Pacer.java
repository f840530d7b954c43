package org.ifqd.probe;

import java.util.concurrent.locks.LockSupport;

/**
 * Spreads frames evenly: frame n is due at start + n / rate. Far from a frame's time it sleeps, near it spins.
 *
 * <p>A sender that was held up catches up with bursts of at most {@link #BURST} frames a system call, so that the
 * average is kept. But a long pause of the sender must not become an overload of what is tested: of what fell due
 * meanwhile, all but the last {@link #BURST} frames or {@link #CATCH_UP_NS}, whichever is more, is never sent. At high
 * rates frames come in small bursts, as many as fell due during the last system call.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Pacer {
    static final int BURST = 64;
    static final long CATCH_UP_NS = 10_000_000;

    /**
     * A sleep ends late by the kernel's timer slack and a wake-up: about 60 microseconds here, 200 on a busy machine.
     */
    private static final long SPIN_NS = 150_000;

    private final double intervalNs;
    private long startNs;
    private long taken;

    /** @param rate frames a second, 0 for as fast as possible */
    Pacer(double rate) {
        intervalNs = rate == 0 ? 0 : 1e9 / rate;
    }

    void start(long nowNs) {
        startNs = nowNs;
        taken = 0;
    }

    /** How many frames are due now, at most {@link #BURST}. */
    int due(long nowNs) {
        if (intervalNs == 0) {
            return BURST;
        }
        long lateNs = nowNs - nextNs();
        if (lateNs < 0) {
            return 0;
        }
        long mostNs = Math.max(CATCH_UP_NS, (long) (BURST * intervalNs));
        if (lateNs > mostNs) {
            startNs += lateNs - mostNs;
            lateNs = mostNs;
        }
        return (int) Math.min(BURST, lateNs / intervalNs + 1);
    }

    /** So many of the frames that were due are on their way. */
    void take(int frames) {
        taken += frames;
    }

    private long nextNs() {
        return startNs + (long) (taken * intervalNs);
    }

    /** Sleeps or spins a little; to be called in a loop while nothing is due. */
    void await(long nowNs, long atMostNs) {
        long waitNs = Math.min(nextNs() - nowNs, atMostNs);
        if (waitNs > SPIN_NS) {
            LockSupport.parkNanos(waitNs - SPIN_NS);
        } else {
            Thread.onSpinWait();
        }
    }
}
