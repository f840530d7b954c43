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
 * <p>An even pacer does not catch up: whoever measures what a device takes must not offer it bursts that it was not
 * asked for. What fell due more than {@link #EVEN_NS} or {@link #EVEN_FRAMES} frames ago is sent later, and the rate is
 * lower by that.
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

    static final long EVEN_NS = 250_000;
    static final int EVEN_FRAMES = 8;

    private final double intervalNs;
    private final long mostNs;
    private long startNs;
    private long taken;

    /**
     * @param rate frames a second, 0 for as fast as possible
     * @param even whether evenness matters more than the average
     */
    Pacer(double rate, boolean even) {
        intervalNs = rate == 0 ? 0 : 1e9 / rate;
        mostNs = even
                ? Math.max(EVEN_NS, (long) (EVEN_FRAMES * intervalNs))
                : Math.max(CATCH_UP_NS, (long) (BURST * intervalNs));
    }

    /** Whether there is a rate. */
    boolean isPaced() {
        return intervalNs > 0;
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

    /** How long ago the next frame was due; negative if it will be. Meaningless without a rate. */
    long lateNs(long nowNs) {
        return nowNs - nextNs();
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
