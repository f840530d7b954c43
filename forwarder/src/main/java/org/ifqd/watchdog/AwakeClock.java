package org.ifqd.watchdog;

/**
 * A clock that stands still while the process does: stopped by a signal or a debugger, in a virtual machine that is
 * paused, at a safepoint that takes long. Whoever measures by it does not take such a time for one in which nothing
 * moved.
 *
 * <p>It is told the time of a monotonic clock at about equal intervals; from one telling to the next it goes on by at
 * most two of them. <b>Threading:</b> one thread.
 */
final class AwakeClock {
    private final long mostNs;
    private long awakeNs;
    private long lastNs;
    private boolean isTicking;

    /** @param periodNs at which it is told the time */
    AwakeClock(long periodNs) {
        this.mostNs = 2 * periodNs;
    }

    /** @param nowNs of a monotonic clock; returns nanoseconds awake since the first tick */
    long tick(long nowNs) {
        if (isTicking) {
            awakeNs += Math.min(nowNs - lastNs, mostNs);
        }
        isTicking = true;
        lastNs = nowNs;
        return awakeNs;
    }
}
