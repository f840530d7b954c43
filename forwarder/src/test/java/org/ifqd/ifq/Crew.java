package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Threads of one test. They begin together at {@link #join}, which ends when all have ended; the first thing that one
 * of them throws fails the test, and so does a deadline, with the stacks of those that still run.
 */
final class Crew {
    static final long DEADLINE_MS = 1000 * Long.getLong("ifqd.test.deadlineSeconds", 60);

    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What a thread does. */
    interface Body {
        void run() throws Exception;
    }

    /** Adds a thread that begins at {@link #join} or {@link #begin}. */
    Crew add(String name, Body body) {
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                gate.await();
                body.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        threads.add(thread);
        thread.start();
        return this;
    }

    /** Lets the threads begin and returns at once. */
    Crew begin() {
        gate.countDown();
        return this;
    }

    /** Lets the threads begin and waits for their end. */
    void join() {
        begin();
        long deadline = System.nanoTime() + DEADLINE_MS * 1_000_000;
        for (Thread thread : threads) {
            try {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + thread.getName(), e);
            }
        }
        if (failure.get() != null) {
            throw new AssertionError("a thread of the test failed: " + failure.get(), failure.get());
        }
        StringBuilder stuck = new StringBuilder();
        for (Thread thread : threads) {
            if (thread.isAlive()) {
                stuck.append('\n').append(thread.getName()).append(" has not ended, it stands at ");
                stuck.append(Arrays.toString(thread.getStackTrace()));
            }
        }
        if (!stuck.isEmpty()) {
            fail(stuck.toString());
        }
    }

    /** Waits for a condition that other threads bring about. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE_MS * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail("waited " + DEADLINE_MS + " ms in vain for: " + what);
            }
            Thread.yield();
        }
    }

    /** Waits for a latch. */
    static void await(String what, CountDownLatch latch) {
        await(what, () -> latch.getCount() == 0);
    }
}
