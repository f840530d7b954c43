package org.ifqd.bridge;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.ifqd.frame.FrameBatch;
import org.ifqd.port.Receiver;

/**
 * The thread that reads one receive ring: batch in, batch forwarded, sleep when there is none.
 *
 * <p><b>Threading:</b> {@link #start}, {@link #drain} and {@link #join} by the controlling thread.
 */
final class ReceiveWorker implements Runnable {
    /** Frames of one batch: one lock of the send queue, one kick of the ring. */
    private static final int BATCH = 256;

    /** How often a draining worker must find the ring empty, a block's hold-back time apart, to believe it. */
    private static final int EMPTY_LOOKS = 3;

    /** Looks at an empty ring before the worker sleeps, some 10 microseconds: a frame that comes soon need not wake it. */
    private static final int IDLE_LOOKS = 200;

    private final Receiver receiver;
    private final Forwarder forwarder;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private final FrameBatch batch = new FrameBatch(BATCH);

    private final WorkerCounters counters = new WorkerCounters();
    private volatile boolean draining;

    /**
     * @param name of the thread, at most 15 characters
     * @param onFailure told when the worker dies of an exception, which is a defect
     */
    ReceiveWorker(String name, Receiver receiver, Forwarder forwarder, Consumer<Throwable> onFailure) {
        this.receiver = receiver;
        this.forwarder = forwarder;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            receiver.begin();
            forwardUntilDrained();
        } catch (Throwable e) {
            onFailure.accept(e);
        }
    }

    private void forwardUntilDrained() {
        int empty = 0;
        int looks = 0;
        while (empty < EMPTY_LOOKS) {
            int n = receiver.receive(batch);
            counters.turned();
            if (n > 0) {
                empty = 0;
                looks = IDLE_LOOKS;
                counters.received(n, batch.bytes(0, n)); // the batch was empty
                forwarder.forward(batch);
            } else if (draining) {
                empty++;
                pause(2L * receiver.holdBackMs());
            } else if (looks > 0) {
                looks--;
                Thread.onSpinWait();
            } else {
                counters.asleep();
                receiver.await(-1);
                counters.awake();
            }
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

    /** Waits for the worker to end. Returns false when it has not by then: it is stuck. */
    boolean join(long timeoutMs) {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(Math.max(1, timeoutMs));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    Thread thread() {
        return thread;
    }

    /** How far it has come; wakes it, so that a worker that has only nothing to read will have turned until the next look. */
    Activity activity() {
        boolean alive = thread.isAlive();
        if (alive) {
            receiver.wake();
        }
        return new Activity("receive worker " + thread.getName(), alive, counters.turns(), thread);
    }

    /** Frames read from the ring, counted apart from the send queue's books; exact after the worker has ended. */
    long frames() {
        return counters.frames();
    }

    /** Any thread, at any time. */
    WorkerSnapshot snapshot() {
        return new WorkerSnapshot(
                thread.getName(),
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
