package org.ifqd.ifq;

import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameTap;
import org.ifqd.frame.TapPoint;
import org.ifqd.stats.DropReason;

/**
 * The send queue of one interface (OpenBSD: if_snd): a bounded FIFO of frame references with its books.
 *
 * <p>A newcomer to a full queue is refused; the head is never evicted. The queue takes over every frame that it is
 * offered: those that it does not keep are counted and released by it.
 *
 * <p><b>Threading:</b> offer, refuse, counters, length from any thread. dequeue, sent, dropped, setOactive only from
 * the start routine, which the {@link Ifnet} runs on one thread at a time. <b>Invariant:</b> every field changes under
 * the mutex; {@code running} and {@code oactive} are volatile as well, so that they can be looked at without it. Memory
 * is given back to its owner outside of the mutex.
 *
 * <p><b>Allocation:</b> none after construction, but for {@link #counters}.
 */
public final class SendQueue {
    static final long NOT_OACTIVE = Long.MIN_VALUE;

    /** A monitor: under contention it spins before it sleeps, and never allocates. */
    private final Object mutex = new Object();

    private final FrameBatch ring;
    private final int mask;
    private final int capacity;
    private final TapPoint tap;

    /** Sequence numbers of the next frame out and the next frame in; a slot is its sequence number modulo the ring. */
    private long head;

    private long tail;

    private volatile boolean running;
    private volatile boolean oactive;
    private boolean begun;

    /** Frames that the start routine may still take before dequeue answers 0; changes only inside start. */
    private long allowance = Long.MAX_VALUE;

    private long received;
    private long receivedBytes;
    private long multicasts;
    private long sent;
    private long sentBytes;
    private final long[] dropped = new long[DropReason.count()];
    private int inDriver;
    private int maxLength;
    private long oactives;
    private long oactiveSinceNs;

    /** @param capacity frames at which the queue is full, at least 1 */
    public SendQueue(int capacity) {
        this(capacity, new TapPoint());
    }

    /**
     * @param capacity frames at which the queue is full, at least 1
     * @param tap is shown the frames that the driver takes
     */
    public SendQueue(int capacity, TapPoint tap) {
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("send queue capacity " + capacity + " is not in 1..16777216");
        }
        this.capacity = capacity;
        this.tap = tap;
        int slots = Integer.highestOneBit(capacity * 2 - 1);
        this.ring = new FrameBatch(slots);
        this.mask = slots - 1;
    }

    // ---- producers ----

    /**
     * Queues all frames of the batch, in order, and empties the batch. What does not fit is dropped as QUEUE_FULL, all
     * of it as NOT_RUNNING while the interface is down.
     *
     * @return how many frames are in the queue now because of this call
     */
    public int offer(FrameBatch batch) {
        int n = batch.count();
        int kept;
        synchronized (mutex) {
            received += n;
            receivedBytes += batch.bytes(0, n);
            multicasts += batch.multicasts(0, n);
            kept = running ? Math.min(n, capacity - (int) (tail - head)) : 0;
            append(batch, kept);
            if (kept < n) {
                dropped[(running ? DropReason.QUEUE_FULL : DropReason.NOT_RUNNING).ordinal()] += n - kept;
            }
        }
        batch.release(kept, n);
        batch.clear();
        return kept;
    }

    private void append(FrameBatch batch, int n) {
        int at = (int) tail & mask;
        int first = Math.min(n, mask + 1 - at);
        FrameBatch.copy(batch, 0, ring, at, first);
        FrameBatch.copy(batch, first, ring, 0, n - first);
        tail += n;
        maxLength = Math.max(maxLength, (int) (tail - head));
    }

    /** Books frames that were received for this queue and dropped in front of it; the caller releases them. */
    public void refuse(DropReason reason, int frames, long bytes) {
        synchronized (mutex) {
            received += frames;
            receivedBytes += bytes;
            dropped[reason.ordinal()] += frames;
        }
    }

    // ---- the start routine ----

    /**
     * Takes up to {@code max} frames from the head; none when the queue is empty, or when this start has used up its
     * budget (it is then run again, perhaps on another thread). They are the driver's now: it releases each one when it
     * is done with the memory, and reports each one by {@link #sent} or {@link #dropped}.
     *
     * @param into emptied, then filled
     * @return how many
     */
    public int dequeue(FrameBatch into, int max) {
        int n = takeHead(into, max);
        if (tap.isUsed()) {
            tap.show(into);
        }
        return n;
    }

    private int takeHead(FrameBatch into, int max) {
        synchronized (mutex) {
            int n = (int) Math.min(Math.min(max, into.capacity()), Math.min(allowance, tail - head));
            take(into, n);
            head += n;
            inDriver += n;
            allowance -= n;
            return n;
        }
    }

    private void take(FrameBatch into, int n) {
        int at = (int) head & mask;
        int first = Math.min(n, mask + 1 - at);
        FrameBatch.copy(ring, at, into, 0, first);
        FrameBatch.copy(ring, 0, into, first, n - first);
        into.count(n);
    }

    /** Reports frames that the device has taken. */
    public void sent(int frames, long bytes) {
        synchronized (mutex) {
            settle(frames);
            sent += frames;
            sentBytes += bytes;
        }
    }

    /** Reports frames that the driver has dropped; the driver releases them. */
    public void dropped(DropReason reason, int frames) {
        synchronized (mutex) {
            settle(frames);
            dropped[reason.ordinal()] += frames;
        }
    }

    private void settle(int frames) {
        if (frames < 0 || frames > inDriver) {
            throw new IllegalStateException("driver reports " + frames + " frames and holds " + inDriver);
        }
        inDriver -= frames;
    }

    /**
     * The transmit ring is full: start is not run again until a restart. Ask for the completion event after this call.
     */
    public void setOactive() {
        synchronized (mutex) {
            if (!oactive) {
                oactive = true;
                oactives++;
                oactiveSinceNs = System.nanoTime();
            }
        }
    }

    // ---- two-phase dequeue, see TwoPhaseDequeue ----

    boolean begin(FrameBatch into) {
        synchronized (mutex) {
            if (begun) {
                throw new IllegalStateException("begin without commit or rollback of the one before");
            }
            begun = tail != head && allowance > 0;
            take(into, begun ? 1 : 0);
            return begun;
        }
    }

    void commit() {
        long address;
        int bytes;
        synchronized (mutex) {
            end("commit");
            int at = (int) head & mask;
            address = ring.address(at);
            bytes = ring.length(at);
            head++;
            inDriver++;
            allowance--;
        }
        if (tap.isUsed()) {
            tap.show(address, bytes, FrameTap.NOW);
        }
    }

    void rollback() {
        synchronized (mutex) {
            end("rollback");
        }
    }

    /** The start routine is over: a begin that it has not ended is rolled back. */
    void abandonBegun() {
        synchronized (mutex) {
            begun = false;
        }
    }

    private void end(String how) {
        if (!begun) {
            throw new IllegalStateException(how + " without begin");
        }
        begun = false;
    }

    // ---- the interface, see Ifnet ----

    void setRunning(boolean value) {
        synchronized (mutex) {
            running = value;
        }
    }

    /**
     * Inside the serializer, before the start routine: whether there is anything for it to do.
     *
     * @param budget frames that it may take
     */
    boolean beginStart(int budget) {
        synchronized (mutex) {
            allowance = budget;
            return running && !oactive && (tail != head || inDriver != 0);
        }
    }

    /** Inside the serializer, after the start routine: how much of the budget is left. */
    int startAllowance() {
        return (int) allowance;
    }

    /** Returns since when it was set, System.nanoTime(), or NOT_OACTIVE. */
    long clearOactive() {
        synchronized (mutex) {
            if (!oactive) {
                return NOT_OACTIVE;
            }
            oactive = false;
            return oactiveSinceNs;
        }
    }

    /** Drops and releases all queued frames; see {@link Ifnet#purge}. */
    int purge() {
        FrameBatch batch = new FrameBatch(256);
        int total = 0;
        while (true) {
            int n;
            synchronized (mutex) {
                if (begun) {
                    throw new IllegalStateException("purge between begin and commit");
                }
                n = Math.min(batch.capacity(), (int) (tail - head));
                take(batch, n);
                head += n;
                dropped[DropReason.PURGED.ordinal()] += n;
            }
            if (n == 0) {
                return total;
            }
            batch.release(0, n);
            total += n;
        }
    }

    // ---- anybody ----

    /** Frames at which the queue is full. */
    public int capacity() {
        return capacity;
    }

    /** Whether the interface is RUNNING. */
    public boolean isRunning() {
        return running;
    }

    /** Whether the transmit ring is full and start waits for a restart. */
    public boolean isOactive() {
        return oactive;
    }

    /** Whether frames wait in the queue, or the driver still holds some that it has not reported. */
    public boolean hasWork() {
        synchronized (mutex) {
            return tail != head || inDriver != 0;
        }
    }

    /** Frames in the queue now. */
    public int length() {
        synchronized (mutex) {
            return (int) (tail - head);
        }
    }

    /** All counters at one moment. */
    public QueueCounters counters() {
        synchronized (mutex) {
            return new QueueCounters(
                    received,
                    receivedBytes,
                    multicasts,
                    sent,
                    sentBytes,
                    dropped.clone(),
                    (int) (tail - head),
                    inDriver,
                    maxLength,
                    capacity,
                    oactive,
                    oactives);
        }
    }
}
