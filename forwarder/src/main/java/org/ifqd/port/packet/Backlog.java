package org.ifqd.port.packet;

import java.util.function.IntPredicate;
import java.util.function.IntSupplier;

/**
 * How many blocks of a receive ring wait for the worker, and whether it is overloaded: the kernel hands over blocks about as fast as
 * the worker leaves them, with many waiting. A worker that catches up is not: what it gives back now is what lone frames come into
 * when it has caught up.
 *
 * <p><b>Threading:</b> the worker; {@link #isOverload} by any.
 */
final class Backlog {
    /** So many waiting blocks delay frames by far more than the kernel's hold-back time does. */
    private static final int MANY = 16;

    /** Blocks from one decision to the next, and how many of them may come new for it to count as catching up. */
    private static final int WINDOW = 8;

    private static final int CATCHING_UP = 6;

    private static final long NOT_KNOWN = Long.MAX_VALUE;

    private final int blocks;
    private final IntSupplier current;
    private final IntPredicate waits;
    private final int many;

    /** Blocks that the worker has left, and those that it has left or seen waiting. */
    private long left;

    private long seen;
    private long seenBefore = NOT_KNOWN;
    private volatile boolean overload;

    /**
     * @param blocks of the ring
     * @param current the number of the block that the worker comes to next
     * @param waits whether the block of this number was handed over anew
     */
    Backlog(int blocks, IntSupplier current, IntPredicate waits) {
        this.blocks = blocks;
        this.current = current;
        this.waits = waits;
        this.many = Math.min(MANY, blocks / 2);
    }

    /** The worker has left a block and goes on to the next. */
    void left() {
        left++;
        seen = Math.max(seen, left);
        while (seen - left < blocks && waits.test((int) ((current.getAsInt() + seen - left) % blocks))) {
            seen++;
        }
        if (left % WINDOW == 0) {
            boolean catchingUp = seenBefore == NOT_KNOWN || seen - seenBefore <= CATCHING_UP;
            overload = seen - left >= many && !catchingUp;
            seenBefore = seen;
        }
    }

    /** The worker has found the ring empty. */
    void caughtUp() {
        seenBefore = NOT_KNOWN; // what is seen next may have come at any time
        if (overload) {
            overload = false;
        }
    }

    /** Whether frames wait anyhow, so that nothing should be done for the sake of a lone one. */
    boolean isOverload() {
        return overload;
    }
}
