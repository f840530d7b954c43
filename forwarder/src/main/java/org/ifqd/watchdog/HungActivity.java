package org.ifqd.watchdog;

import java.util.concurrent.TimeUnit;

/**
 * Something that is due and does not move.
 *
 * @param activity as it was at the last look
 * @param forNs how long, by the clock of whoever looks
 */
public record HungActivity(Activity activity, long forNs) {

    /** One line: what, since when, which thread, where. */
    @Override
    public String toString() {
        String line =
                "%s has made no progress for %d s".formatted(activity.name(), TimeUnit.NANOSECONDS.toSeconds(forNs));
        Thread thread = activity.thread();
        return thread == null ? line : line + ": thread " + thread.getName() + " is at " + StackLines.of(thread);
    }
}
