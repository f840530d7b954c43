package org.ifqd.port.packet;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.ifqd.frame.FrameOwner;
import org.ifqd.linux.packet.RxRing;

/**
 * Who holds the blocks of a receive ring. Frames are given out where they lie; a block goes back to the kernel once,
 * when the last of its frames has been released.
 *
 * <p><b>Invariant:</b> {@code held[b]} is the number of frames of block b that were given out and not released yet, and
 * {@link #READING} while the worker is in the block, and {@link #GIVING_BACK}; it is set before the first frame of the
 * block is given out, and it is 0 only while the kernel has the block or has handed it over anew.
 *
 * <p><b>Threading:</b> {@link #enter}, {@link #give} and {@link #leave} by the worker; the rest by any thread.
 */
final class BlockHolds implements FrameOwner {
    /** Stands for the act of giving a block back, so that a block counts as held until its status is written. */
    private static final int GIVING_BACK = 1;

    /** The worker's own hold on the block that it reads: the kernel may not have closed it yet. */
    private static final int READING = 1;

    private final RxRing ring;
    private final Backlog backlog;
    private final AtomicIntegerArray held;

    BlockHolds(RxRing ring) {
        this.ring = ring;
        this.held = new AtomicIntegerArray(ring.blocks());
        this.backlog = new Backlog(ring.blocks(), block -> isFree(block) && ring.isClosed(block));
    }

    /**
     * Whether nobody holds a block. One whose frames are not all released yet looks the same as a new one: after a
     * whole lap of the ring, or of a few short blocks within one batch, the next block may still be one that was given
     * out before.
     */
    boolean isFree(int block) {
        return held.getAcquire(block) == 0;
    }

    /** The worker begins to read a free block. */
    void enter(int block) {
        held.set(block, READING + GIVING_BACK);
    }

    /**
     * So many more frames of the block are in the batch; before it is handed on, and so before one of them is released.
     */
    void give(int block, int frames) {
        held.addAndGet(block, frames);
    }

    /** All frames of the block are given out, and the worker has gone on to the current one. */
    void leave(int block) {
        backlog.left(ring.current());
        release(block, READING);
    }

    /** The worker has found the ring empty. */
    void caughtUp() {
        backlog.caughtUp();
    }

    @Override
    public void release(int block, int frames) {
        if (held.addAndGet(block, -frames) == GIVING_BACK) {
            if (backlog.isOverload()) {
                ring.giveBack(block);
            } else {
                ring.giveBackZeroed(block);
            }
            held.setRelease(block, 0); // after the status: the worker must not take the old hand-over for a new one
        }
    }
}
