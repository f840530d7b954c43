package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;

/**
 * Frames of one producer, numbered, with an audit of their release (I22): every slot is a token of its own, so a frame
 * that is released twice, or never, is seen.
 *
 * <p><b>Threading:</b> {@link #fill} by the one producer; release by any thread.
 */
final class FramePool implements FrameOwner {
    private static final int SEQUENCE_BITS = 48;

    private final int producer;
    private final AtomicIntegerArray outside;
    private final AtomicLong wrongReleases = new AtomicLong();
    private final AtomicLong released = new AtomicLong();
    private int next;
    private long sequence;
    private long bytes;

    /** @param slots more than all queues and batches on the way can hold */
    FramePool(int producer, int slots) {
        this.producer = producer;
        this.outside = new AtomicIntegerArray(slots);
    }

    /** Adds the next {@code n} frames to the batch. */
    void fill(FrameBatch batch, int n) {
        for (int i = 0; i < n; i++) {
            int tries = 0;
            while (outside.get(next) != 0) {
                next = (next + 1) % outside.length();
                if (++tries > outside.length()) {
                    throw new AssertionError("pool of producer " + producer + " is empty: frames are not released");
                }
            }
            outside.set(next, 1);
            int length = 60 + (int) (sequence % 1455);
            int flags = sequence % 7 == 0 ? FrameBatch.MULTICAST : 0;
            batch.add((long) producer << SEQUENCE_BITS | sequence, length, flags, this, next);
            sequence++;
            bytes += length;
        }
    }

    @Override
    public void release(int token, int frames) {
        if (frames != 1 || !outside.compareAndSet(token, 1, 0)) {
            wrongReleases.incrementAndGet();
        }
        released.addAndGet(frames);
    }

    /** Frames made so far, which is also the number of the next one. */
    long made() {
        return sequence;
    }

    long madeBytes() {
        return bytes;
    }

    long released() {
        return released.get();
    }

    /** Every frame was released, and once. For a quiet moment. */
    void assertBalanced() {
        assertEquals(0, wrongReleases.get(), "frames of producer " + producer + " released twice");
        assertEquals(sequence, released.get(), "frames of producer " + producer + " released");
    }

    static int producerOf(long address) {
        return (int) (address >>> SEQUENCE_BITS);
    }

    static long sequenceOf(long address) {
        return address & (1L << SEQUENCE_BITS) - 1;
    }
}
