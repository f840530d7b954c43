package org.ifqd.ifq;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;

/**
 * An mpsafe driver whose ring is never full. It notes which thread took how many frames, and the first thing that must
 * not be: two threads inside, a start without a ring, a frame before its predecessor of the same producer.
 */
final class SinkDriver implements MpsafeDriver, FrameOwner {
    private static final int SEQUENCE_BITS = 48;

    final AtomicReference<String> fault = new AtomicReference<>();
    final AtomicLong taken = new AtomicLong();
    final AtomicLong released = new AtomicLong();
    final AtomicLong starts = new AtomicLong();
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private final Map<Thread, AtomicLong> takenBy = new ConcurrentHashMap<>();
    private final long[] lastSequence = new long[16];
    private final FrameBatch batch = new FrameBatch(32);

    /** Whether there is a ring to touch. */
    volatile boolean mapped = true;

    /** Runs inside start, each time that frames were taken. */
    volatile Runnable afterTaking = () -> {};

    @Override
    public void start(SendQueue queue) {
        starts.incrementAndGet();
        Thread other = inside.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            fault.compareAndSet(null, "inside at once: " + other + " and " + Thread.currentThread());
        }
        for (int n; (n = queue.dequeue(batch, batch.capacity())) > 0; ) {
            if (!mapped) {
                fault.compareAndSet(null, "touched the ring after the barrier");
            }
            checkOrder(n);
            takenBy.computeIfAbsent(Thread.currentThread(), t -> new AtomicLong())
                    .addAndGet(n);
            taken.addAndGet(n);
            queue.sent(n, batch.bytes(0, n));
            batch.release(0, n);
            afterTaking.run();
        }
        inside.set(null);
    }

    private void checkOrder(int n) {
        for (int i = 0; i < n; i++) {
            int producer = (int) (batch.address(i) >>> SEQUENCE_BITS);
            long sequence = batch.address(i) & (1L << SEQUENCE_BITS) - 1;
            if (sequence <= lastSequence[producer]) {
                fault.compareAndSet(
                        null, "producer " + producer + ": " + sequence + " after " + lastSequence[producer]);
            }
            lastSequence[producer] = sequence;
        }
    }

    /** Fills a batch with frames {@code first} (from 1 on), {@code first + 1} ... of a producer. */
    void fill(FrameBatch into, int producer, long first, int n) {
        for (int i = 0; i < n; i++) {
            into.add((long) producer << SEQUENCE_BITS | first + i, 60, 0, this, producer);
        }
    }

    long takenBy(Thread thread) {
        AtomicLong n = takenBy.get(thread);
        return n == null ? 0 : n.get();
    }

    @Override
    public void release(int token, int frames) {
        released.addAndGet(frames);
    }
}
