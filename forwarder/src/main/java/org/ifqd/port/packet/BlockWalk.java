package org.ifqd.port.packet;

import org.ifqd.linux.packet.RxRing;

/**
 * The worker's way through the slots of a receive ring: block by block, also through the block that the kernel still
 * fills, so that a lone frame does not wait for the block's time to be over.
 *
 * <p><b>Threading:</b> the worker.
 */
final class BlockWalk {
    private final RxRing ring;
    private final BlockHolds holds;

    /** Whether the worker is in the current block, and then how many of its slots were taken, and the last one. */
    private boolean reading;

    private int taken;
    private long last;

    /** Whether the current block was closed when it was looked at, and how many slots it has by its own account. */
    private boolean closed;

    private int slots;

    BlockWalk(RxRing ring, BlockHolds holds) {
        this.ring = ring;
        this.holds = holds;
    }

    /** Number of the current block. */
    int block() {
        return ring.current();
    }

    /** Whether {@link #next} may find something now. */
    boolean hasFrames() {
        return (reading || holds.isFree(ring.current())) && (ring.block() != 0 || ring.peek(place()));
    }

    /**
     * Enters the current block if it has a frame or is closed, and looks how many slots it has. False: it has nothing
     * yet.
     */
    boolean enter() {
        if (!reading) {
            if (!hasFrames()) {
                return false;
            }
            holds.enter(ring.current());
            reading = true;
            taken = 0;
        }
        long block = ring.block(); // looked at before the slots: none can come after
        closed = block != 0;
        slots = closed ? RxRing.frames(block) : 0;
        return true;
    }

    /** Address of the next slot, which is taken by that; 0: the block has no more, or none yet. */
    long next() {
        if (closed && taken >= slots) {
            return 0;
        }
        long at = place();
        if (closed && at == 0) {
            taken = slots; // what the block says of itself does not fit together: no more of it is believed
            return 0;
        }
        if (!closed && !ring.peek(at)) {
            return 0;
        }
        last = at;
        taken++;
        return at;
    }

    /** Leaves the block if all of its slots were taken and there can be no more. */
    boolean leave() {
        if (!closed || taken < slots) {
            return false;
        }
        reading = false;
        int block = ring.current();
        ring.advance();
        holds.leave(block);
        return true;
    }

    /** Where the next slot is, or will be; 0 when the last one taken was the last of a block that is being closed. */
    private long place() {
        return !reading || taken == 0 ? ring.firstPlace() : ring.next(last);
    }
}
