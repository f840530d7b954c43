package org.ifqd.port.pcap;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Memory for received frames, in blocks of equal slots that are filled in turn. A block is used again when all frames
 * of it have been released.
 *
 * <p><b>Threading:</b> {@link #slot} and {@link #add} by the receive worker; {@link #release} from any thread.
 * <b>Invariant:</b> {@code held[b]} is the number of frames of block b that were not released, and {@link #FILLING}
 * while it is the block being filled. <b>Allocation:</b> none after construction. The memory is freed by the collector,
 * so not before the last reference to a frame has gone.
 */
final class FrameSlab implements FrameOwner {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int BLOCK_FRAMES = 64;
    private static final int FILLING = 1 << 16;
    private static final int LINE_BYTES = 64;

    private final long base;
    private final int frameBytes;
    private final int slotBytes;
    private final AtomicIntegerArray held;

    /** The block being filled, and its next slot; worker only. */
    private int block;

    private int next;

    /**
     * @param frames at least so many
     * @param frameBytes the longest frame
     * @param subject what it is for, for the error message
     */
    FrameSlab(Libc libc, int frames, int frameBytes, String subject) {
        int blocks = Math.max(2, (frames + BLOCK_FRAMES - 1) / BLOCK_FRAMES);
        this.frameBytes = frameBytes;
        slotBytes = (LINE_BYTES + frameBytes + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
        Mapping memory = Mapping.anonymous(libc, (long) blocks * BLOCK_FRAMES * slotBytes, subject);
        CLEANER.register(this, memory::close);
        base = memory.address();
        held = new AtomicIntegerArray(blocks);
        held.set(0, FILLING);
    }

    /** The longest frame that a slot holds, bytes. */
    int longestFrame() {
        return frameBytes;
    }

    /** Where the next frame is to be put, with room for its vnet header in front, or 0 when all memory is in use. */
    long slot() {
        if (next == BLOCK_FRAMES) {
            int following = (block + 1) % held.length();
            if (held.get(following) != 0) {
                return 0;
            }
            held.set(following, FILLING);
            held.addAndGet(block, -FILLING);
            block = following;
            next = 0;
        }
        return base + (long) (block * BLOCK_FRAMES + next) * slotBytes + LINE_BYTES;
    }

    /** Gives out the frame that was put into the {@link #slot}. */
    void add(FrameBatch batch, long slot, int bytes, int flags, long stampNs) {
        VnetHeader.clear(slot - VnetHeader.BYTES); // who had it last may have written to it
        held.incrementAndGet(block);
        batch.add(slot, bytes, flags, this, block, stampNs);
        next++;
    }

    @Override
    public void release(int token, int frames) {
        held.addAndGet(token, -frames);
    }
}
