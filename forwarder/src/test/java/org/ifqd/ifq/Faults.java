package org.ifqd.ifq;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What went wrong in threads and callbacks that cannot fail a test themselves; also the serializer's monitor, so that a
 * start routine that throws is not lost.
 */
final class Faults implements TaskListSerializer.Monitor {
    final AtomicInteger failedTasks = new AtomicInteger();
    final AtomicInteger stuckReports = new AtomicInteger();

    /** The last report of a stuck barrier: name, thread, topmost frame that is ours. */
    volatile String stuckAt = "";

    private final AtomicReference<AssertionError> first = new AtomicReference<>();
    private final boolean throwingIsExpected;

    Faults() {
        this(false);
    }

    /** @param throwingIsExpected a task that throws is counted, and no fault */
    Faults(boolean throwingIsExpected) {
        this.throwingIsExpected = throwingIsExpected;
    }

    /** Notes a fault, and throws it where it happened, so that what led to it ends there. */
    void raise(String what) {
        AssertionError fault = new AssertionError(what);
        first.compareAndSet(null, fault);
        throw fault;
    }

    /** Throws the first fault, if there was one. */
    void check() {
        AssertionError fault = first.get();
        if (fault != null) {
            throw new AssertionError(fault.getMessage(), fault);
        }
    }

    @Override
    public void taskFailed(String name, Throwable cause) {
        failedTasks.incrementAndGet();
        if (!throwingIsExpected) {
            first.compareAndSet(null, new AssertionError(name + ": a task threw " + cause, cause));
        }
    }

    @Override
    public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
        StringBuilder at = new StringBuilder(name + " " + inside.getName() + " " + waitedMs + " ms");
        for (StackTraceElement element : stack) {
            at.append(' ').append(element.getMethodName());
        }
        stuckAt = at.toString();
        stuckReports.incrementAndGet();
    }
}
