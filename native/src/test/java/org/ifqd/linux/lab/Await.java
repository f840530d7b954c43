package org.ifqd.linux.lab;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for a condition, not for a time. There is one deadline, which is no expectation: it only ends what would hang,
 * and a busy machine needs many times what an idle one does.
 */
public final class Await {
    /** Nanoseconds that nothing takes that works. */
    public static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(120);

    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {}

    /** Looks again and again until it is true; an AssertionError after the deadline. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /** @param what is asked when the time is over, so that it can tell how things stand */
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        for (long pauseNs = FIRST_PAUSE_NS;
                !condition.getAsBoolean();
                pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS)) {
            if (System.nanoTime() - deadlineNs > 0 || Thread.currentThread().isInterrupted()) {
                throw new AssertionError("waited in vain: " + what.get());
            }
            LockSupport.parkNanos(pauseNs);
        }
    }
}
