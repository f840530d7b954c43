package org.ifqd.ifq;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transmit ring in an array. Anyone who touches it while it is "unmapped", or is in it at the moment at which it is,
 * is a fault: what would be a SIGSEGV of the process.
 *
 * <p><b>Threading:</b> {@link #put} by one thread at a time (the start routine), {@link #take} by one other
 * (completion).
 */
final class ArrayRing {
    private final Faults faults;
    private final long[] slots;
    private final AtomicInteger users = new AtomicInteger();
    private volatile boolean mapped;
    private volatile long produced;
    private volatile long consumed;

    ArrayRing(int slots, Faults faults) {
        this.slots = new long[slots];
        this.faults = faults;
    }

    void map() {
        produced = 0;
        consumed = 0;
        mapped = true;
    }

    void unmap() {
        mapped = false;
        if (users.get() != 0) {
            faults.raise("the ring was unmapped with a thread in it");
        }
    }

    private void touch() {
        users.incrementAndGet();
        if (!mapped) {
            users.decrementAndGet();
            faults.raise(Thread.currentThread().getName() + " touches an unmapped ring");
        }
    }

    /** Free slots. */
    int space() {
        touch();
        int free = slots.length - (int) (produced - consumed);
        users.decrementAndGet();
        return free;
    }

    void put(long frame) {
        touch();
        long at = produced;
        if (at - consumed >= slots.length) {
            faults.raise("a busy slot was overwritten");
        }
        slots[(int) (at % slots.length)] = frame;
        produced = at + 1;
        users.decrementAndGet();
    }

    /** The oldest frame, or -1 when there is none. Its slot is free after the call. */
    long take() {
        touch();
        long at = consumed;
        long frame = -1;
        if (at != produced) {
            frame = slots[(int) (at % slots.length)];
            consumed = at + 1;
        }
        users.decrementAndGet();
        return frame;
    }

    /** Frames put and not yet taken; needs no mapping. */
    int inFlight() {
        return (int) (produced - consumed);
    }
}
