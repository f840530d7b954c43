package org.ifqd.link;

import java.util.concurrent.TimeUnit;

/**
 * Something that failed and is to be tried again: soon at first, then more and more seldom.
 *
 * @param why it failed, so that the same is said once
 * @param pauseNs between the failure and the next try
 * @param dueNs when to try again, in the time of {@link System#nanoTime}
 */
public record Retry(String why, long pauseNs, long dueNs) {
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);

    /** @param before of the try before this one; null for none */
    public static Retry after(Retry before, RuntimeException failure) {
        long pauseNs = before == null ? FIRST_PAUSE_NS : Math.min(LONGEST_PAUSE_NS, before.pauseNs * 2);
        return new Retry(String.valueOf(failure.getMessage()), pauseNs, System.nanoTime() + pauseNs);
    }

    /** Whether it is to be said: the first time, and when the reason is another one. */
    public boolean isNews(Retry before) {
        return before == null || !before.why.equals(why);
    }

    public boolean isDue() {
        return untilDueNs() == 0;
    }

    /** Nanoseconds until the next try; 0 for now. */
    public long untilDueNs() {
        return Math.max(0, dueNs - System.nanoTime());
    }
}
