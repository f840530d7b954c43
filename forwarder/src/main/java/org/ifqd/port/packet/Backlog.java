package org.ifqd.port.packet;

import java.util.function.IntPredicate;

/**
 * How many blocks of a receive ring wait for the worker, and whether it is overloaded: the kernel hands over blocks
 * about as fast as the worker leaves them, with many waiting. A worker that catches up is not: what it gives back now
 * is what lone frames come into when it has caught up.
 *
 * <p><b>Threading:</b> the worker; {@link #isOverload} by any.
 */
final class Backlog {
    /** So many waiting blocks delay frames by far more than the kernel's hold-back time does. */
    private static final int MANY = 16;

    /** Blocks from one decision to the next, and how many of them may come new for it to count as catching up. */
    private static final int WINDOW = 8;

    private static final int CATCHING_UP = 6;

    /** Beyond all, so that nothing counts as new. */
    private static final long NOT_KNOWN = Long.MAX_VALUE;

    private final int blocks;
    private final IntPredicate waits;
    private final int many;

    /** Blocks that the worker has left, and those that it has left or seen waiting. */
    private long left;

    private long seen;
    private long seenBefore = NOT_KNOWN;
    private volatile boolean overload;

    /**
     * @param blocks of the ring
     * @param waits whether the block of this number was handed over anew
     */
    Backlog(int blocks, IntPredicate waits) {
        this.blocks = blocks;
        this.waits = waits;
        this.many = Math.min(MANY, blocks / 2);
    }

    /** The worker has left a block and goes on to the current one. */
    void left(int current) {
        left++;
        seen = Math.max(seen, left);
        while (seen - left < blocks && waits.test((int) ((current + seen - left) % blocks))) {
            seen++;
        }
        if (left % WINDOW == 0) {
            overload = seen - left >= many && seen - seenBefore > CATCHING_UP;
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
