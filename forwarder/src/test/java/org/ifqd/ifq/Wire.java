package org.ifqd.ifq;

import java.util.Arrays;

/**
 * The far end: checks that the frames of each producer come in the order of their numbers (I2), without gaps unless the
 * test loses frames on purpose.
 *
 * <p><b>Threading:</b> {@link #carry} by one thread at a time.
 */
final class Wire {
    private final Faults faults;
    private final long[] last = new long[16];
    private final boolean lossAllowed;
    private volatile long carried;

    Wire(Faults faults, boolean lossAllowed) {
        this.faults = faults;
        this.lossAllowed = lossAllowed;
        Arrays.fill(last, -1);
    }

    void carry(long frame) {
        int producer = FramePool.producerOf(frame);
        long sequence = FramePool.sequenceOf(frame);
        if (lossAllowed ? sequence <= last[producer] : sequence != last[producer] + 1) {
            faults.raise("producer " + producer + ": frame " + sequence + " came after " + last[producer]);
        }
        last[producer] = sequence;
        carried = carried + 1;
    }

    /** Frames that arrived. */
    long carried() {
        return carried;
    }
}
