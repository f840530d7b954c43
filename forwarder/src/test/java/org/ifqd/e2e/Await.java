package org.ifqd.e2e;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/** Waits for a condition, with a deadline: tests never sleep for "long enough". */
final class Await {
    private static final long LOOK_EVERY_MS = 20;

    private Await() {}

    /**
     * Looks at the condition until it holds.
     *
     * @param state says how things stand, for the message when the deadline passes
     */
    static void until(Duration limit, Supplier<String> state, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                Assertions.fail("not within " + limit.toSeconds() + " s: " + state.get());
            }
            try {
                Thread.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                Assertions.fail("interrupted, waiting for: " + state.get());
            }
        }
    }
}
