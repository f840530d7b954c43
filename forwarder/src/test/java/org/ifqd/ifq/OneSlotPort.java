package org.ifqd.ifq;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;

/**
 * The smallest port that can go wrong: an mpsafe driver over a ring of one slot, whose completion tells of a freed slot
 * once (an edge). For race tests that build a new one for every round.
 *
 * <p>Completion always restarts, so start need not look at the ring again after it has set oactive; what differs is the
 * variant's business.
 */
public final class OneSlotPort implements MpsafeDriver, FrameOwner, TaskListSerializer.Monitor {
    public final SendQueue queue;
    public final Ifnet ifnet;
    public final Serializer serializer;

    /** Two threads were in start at one time. */
    public volatile boolean overlapped;

    /** A start ran after {@link #unmap}. */
    public volatile boolean touchedAfterUnmap;

    /** It did so on any port of this process, perhaps after somebody had looked at that one. */
    public static volatile boolean lateTouch;

    /** Tasks that threw. */
    public volatile int failures;

    private final Variant variant;
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private final FrameBatch batch = new FrameBatch(1);
    private volatile boolean mapped = true;
    private volatile boolean busy;
    private int startsThatThrow;

    /** @param capacity of the send queue */
    public OneSlotPort(Variant variant, int capacity) {
        this(variant, capacity, StartPolicy.ON_CALLER);
    }

    private OneSlotPort(Variant variant, int capacity, StartPolicy policy) {
        this.variant = variant;
        queue = new SendQueue(capacity);
        serializer = variant.serializer("one0", this);
        ifnet = Ifnet.mpsafe("one0", queue, serializer, this, policy);
        ifnet.up();
    }

    /** A port whose starts are deferred below {@code txmit} frames, to one worker for all ports of the process. */
    public static OneSlotPort bundled(Variant variant, int capacity, int txmit) {
        return new OneSlotPort(
                variant,
                capacity,
                StartPolicy.of(StartMode.BUNDLED, SharedWorker.WORKER).withTxmit(txmit));
    }

    private static final class SharedWorker {
        static final StartWorker WORKER = StartWorker.open("race-worker");
    }

    /** Returns when the worker has done all that was listed before this call. */
    public void quiesceWorker() {
        CountDownLatch reached = new CountDownLatch(1);
        new DeferredStart(SharedWorker.WORKER, reached::countDown).schedule();
        Crew.await("the worker", reached);
    }

    /** The next {@code starts} starts throw before they touch anything. */
    public OneSlotPort throwing(int starts) {
        startsThatThrow = starts;
        return this;
    }

    @Override
    public void start(SendQueue ours) {
        if (!inside.compareAndSet(null, Thread.currentThread())) {
            overlapped = true;
        }
        try {
            if (startsThatThrow > 0) {
                startsThatThrow--;
                throw new IllegalStateException("as the test wants");
            }
            while (moveFrame(ours)) {
                dwell();
            }
        } finally {
            inside.set(null);
        }
    }

    private boolean moveFrame(SendQueue ours) {
        touch();
        if (busy) {
            dwell();
            ours.setOactive();
            return false;
        }
        if (ours.dequeue(batch, 1) == 0) {
            return false;
        }
        busy = true;
        ours.sent(1, batch.bytes(0, 1));
        batch.release(0, 1);
        return true;
    }

    /** Stays in the ring for a moment, so that others can come at this point. */
    private void dwell() {
        for (int i = 0; i < 16; i++) {
            touch();
        }
    }

    private void touch() {
        if (!mapped) {
            touchedAfterUnmap = true;
            lateTouch = true;
        }
    }

    /** Queues one frame and starts. */
    public void send() {
        FrameBatch one = new FrameBatch(1);
        one.add(0, 60, 0, this, 0);
        ifnet.enqueue(one);
    }

    /** The completion context: frees the slot, if it is busy, and tells so. */
    public void complete() {
        if (busy) {
            busy = false;
            variant.completed(ifnet);
        }
    }

    /**
     * Waits until a frame is on the ring, and then for as long as {@code moments} looks take, so that completion comes
     * at any point of what start does next.
     */
    public void awaitFrame(int moments) {
        while (!busy) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < moments; i++) {
            touch();
        }
    }

    /** The ring is gone. */
    public void unmap() {
        mapped = false;
    }

    /** With every call returned: frames wait, the port is RUNNING, and no completion is due that could send them. */
    public boolean isStranded() {
        return queue.isRunning() && queue.length() > 0 && !(queue.isOactive() && busy);
    }

    @Override
    public void release(int token, int frames) {}

    @Override
    public void taskFailed(String name, Throwable cause) {
        failures = failures + 1;
    }

    @Override
    public void barrierStuck(String name, Thread thread, long waitedMs, StackTraceElement[] stack) {}
}
