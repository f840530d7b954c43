package org.ifqd.linux.lab;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, not for a time. */
public final class Await {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);

    private Await() {}

    /** Looks every millisecond until it is true; an AssertionError after 20 seconds. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, condition);
    }

    /** @param what is asked when the time is over, so that it can tell how things stand */
    public static void until(Supplier<String> what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("waited in vain: " + what.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
