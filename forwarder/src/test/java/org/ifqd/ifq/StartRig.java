package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.ifqd.frame.FrameBatch;

/** An interface with a {@link SinkDriver} and a worker, for the tests of how starts are run. */
final class StartRig implements AutoCloseable {
    static final long DEADLINE_MS = 20_000;

    final StartWorker worker = StartWorker.open("test-softnet");
    final SinkDriver driver = new SinkDriver();
    final SendQueue queue;
    final Ifnet ifnet;
    private final AtomicReference<Throwable> failed = new AtomicReference<>();
    private long sequence = 1;

    StartRig(StartMode mode, int capacity) {
        this(mode, StartPolicy.DEFAULT_TXMIT, 0, capacity);
    }

    StartRig(StartMode mode, int txmit, int budget, int capacity) {
        queue = new SendQueue(capacity);
        TaskListSerializer serializer = new TaskListSerializer("if0", new TaskListSerializer.Monitor() {
            @Override
            public void taskFailed(String name, Throwable cause) {
                failed.compareAndSet(null, cause);
            }

            @Override
            public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {}
        });
        ifnet = Ifnet.mpsafe("if0", queue, serializer, driver, new StartPolicy(mode, txmit, budget, worker));
    }

    StartRig up() {
        ifnet.up();
        return this;
    }

    /** Queues the next frames of producer 0 and starts. */
    void send(int frames) {
        FrameBatch batch = new FrameBatch(frames);
        driver.fill(batch, 0, sequence, frames);
        sequence += frames;
        ifnet.enqueue(batch);
    }

    /** Keeps the worker busy until the latch falls; returns when it is. */
    void occupyWorker(CountDownLatch until) {
        CountDownLatch busy = new CountDownLatch(1);
        new DeferredStart(worker, () -> {
                    busy.countDown();
                    await("the test to free the worker", () -> until.getCount() == 0);
                })
                .schedule();
        await("the worker to be busy", () -> busy.getCount() == 0);
    }

    /** Returns when the worker has nothing listed and does nothing. */
    void quiesceWorker() {
        CountDownLatch reached = new CountDownLatch(2);
        DeferredStart marker = new DeferredStart(worker, reached::countDown);
        marker.schedule();
        await("the worker", () -> reached.getCount() <= 1);
        marker.schedule(); // behind what the first round may have listed
        await("the worker", () -> reached.getCount() == 0);
    }

    long takenHere() {
        return driver.takenBy(Thread.currentThread());
    }

    /** Everything has left, nothing was wrong on the way. */
    void assertAllLeft() {
        await("all frames to leave", () -> queue.counters().queued() == 0);
        assertConserved();
    }

    void assertConserved() {
        assertNull(driver.fault.get());
        assertNull(failed.get());
        QueueCounters c = queue.counters();
        assertEquals(0, c.unaccounted());
        assertEquals(c.received() - c.queued(), driver.released.get());
    }

    static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + DEADLINE_MS * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("waited in vain for " + what);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
