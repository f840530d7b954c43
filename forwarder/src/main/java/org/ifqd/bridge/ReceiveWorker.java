package org.ifqd.bridge;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.port.Receiver;
import org.ifqd.watchdog.Activity;

/**
 * Reads one receive ring: batch in, batch forwarded, sleep when there is none.
 *
 * <p><b>Threading:</b> {@link #begin} and {@link #turn} by the {@link ReceiveThread} that it is given to,
 * {@link #drain} by the controlling thread.
 */
final class ReceiveWorker {
    /** Frames of one batch: one lock of the send queue, one kick of the ring. */
    private static final int BATCH = 256;

    /** How often a draining worker must find the ring empty, a block's hold-back time apart, to believe it. */
    private static final int EMPTY_LOOKS = 3;

    private final Receiver receiver;
    private final Forwarder forwarder;
    private final String name;
    private final FrameBatch batch = new FrameBatch(BATCH);

    private final IdlePolling idle = new IdlePolling();

    /** Looks in a row that found the ring empty, while draining. */
    private int empty;

    private final WorkerCounters counters = new WorkerCounters();
    private volatile boolean draining;
    private Thread thread;

    ReceiveWorker(String name, Receiver receiver, Forwarder forwarder) {
        this.name = name;
        this.receiver = receiver;
        this.forwarder = forwarder;
    }

    String name() {
        return name;
    }

    /** Whether it never sleeps, so that others can have turns on its thread. */
    boolean isPolling() {
        return receiver.isPolling();
    }

    /** The processor that its thread has to be on, or -1. */
    int cpu() {
        return receiver.cpu() >= 0 ? receiver.cpu() : forwarder.cpu();
    }

    /** @param thread that it has turns on */
    void runsOn(Thread thread) {
        this.thread = thread;
    }

    void begin() {
        receiver.begin();
        forwarder.begin();
    }

    /**
     * Forwards what is in the ring, up to a batch; sleeps when that is nothing. Whether there may be more: false when
     * it is drained.
     */
    boolean turn() {
        int n = receiver.receive(batch);
        counters.turned();
        if (n > 0) {
            empty = 0;
            idle.over();
            counters.received(n, batch.bytes(0, n)); // the batch was empty
            forwarder.forward(batch);
        } else if (draining) {
            if (++empty == EMPTY_LOOKS) {
                return false;
            }
            pause(2L * receiver.holdBackMs());
        } else {
            idle();
        }
        return true;
    }

    private void idle() {
        long nowNs = System.nanoTime();
        if (!idle.goesOn(nowNs)) {
            counters.asleep();
            receiver.await(-1);
            counters.awake();
            idle.slept(System.nanoTime());
        } else if (idle.isLong(nowNs)) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    /** For so long and no less: an await could return at once, and the kernel still hold frames back. */
    private static void pause(long ms) {
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (long leftNs; (leftNs = untilNs - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(leftNs);
        }
    }

    /** The worker ends when its ring is empty; receiving has been stopped before. */
    void drain() {
        draining = true;
        receiver.wake();
    }

    /**
     * How far it has come; wakes it, so that a worker that has only nothing to read will have turned until the next
     * look.
     */
    Activity activity() {
        boolean alive = thread.isAlive();
        if (alive) {
            receiver.wake();
        }
        return new Activity("receive worker " + name, alive, counters.turns(), thread);
    }

    /** Frames read from the ring, counted apart from the send queue's books; exact after the worker has ended. */
    long frames() {
        return counters.frames();
    }

    /** Any thread, at any time. */
    WorkerSnapshot snapshot() {
        return new WorkerSnapshot(
                name,
                state(),
                counters.frames(),
                counters.bytes(),
                counters.batches(),
                counters.wakeUps(),
                receiver.kernelDrops(),
                thread.threadId());
    }

    private WorkerSnapshot.State state() {
        return switch (thread.getState()) {
            case NEW -> WorkerSnapshot.State.NEW;
            case TERMINATED -> WorkerSnapshot.State.ENDED;
            default -> {
                if (receiver.isPolling()) {
                    yield WorkerSnapshot.State.POLLING;
                }
                yield counters.isAsleep() ? WorkerSnapshot.State.ASLEEP : WorkerSnapshot.State.AWAKE;
            }
        };
    }
}
