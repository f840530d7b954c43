package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.Memory;

/**
 * A TPACKET_V3 receive ring: blocks that the kernel fills with frames and hands over whole.
 *
 * <p>{@link #block} answers the address of the current block when the kernel has handed it over; {@link #advance} goes
 * on to the next; {@link #giveBack} returns a block, in any order. The kernel waits (and drops, counted) at a block
 * that we still hold.
 *
 * <p>A lone frame would wait a millisecond in a block that is not full. So frames can also be {@linkplain #peek peeked}
 * at in the block that the kernel still fills, each as soon as it is complete. What tells a complete frame is that its
 * header is not zero any more, so only a block that was last given back by {@link #giveBackZeroed} can be peeked into.
 *
 * <p><b>Slots:</b> the kernel reserves a slot, and may then drop its frame all the same (virtio_net_hdr_from_skb has no
 * words for it: UFO, SCTP): the slot counts in the block and holds what lay there before. So only a slot with
 * TP_STATUS_USER in its own status {@linkplain #isFrame is a frame}, and no offset or length leads out of its block.
 *
 * <p><b>Threading:</b> block and advance by the one receiving thread; giveBack by any. <b>Owns:</b> the mapping, not
 * the socket. <b>Invariant:</b> no address of the ring is used after {@link #close}.
 */
public final class RxRing implements AutoCloseable {
    /** How long the kernel may keep a block that is not full, milliseconds; 1 is the smallest that it takes. */
    public static final int RETIRE_MS = 1;

    /** Whether this processor keeps stores in order, without which {@link #peek} could see half a frame. */
    public static final boolean CAN_PEEK = System.getProperty("os.arch").equals("amd64");

    private static final int LEAST_BLOCKS = 2;

    private static final int FRAME_BYTES = 2048; // V3 only checks it against the block; frames take what they need

    private final PacketSocket socket;
    private final Mapping mapping;
    private final int blockBytes;

    /** {@link #blockBytes} as a power of two. */
    private final int blockShift;

    private final int blocks;
    /** How far each block is not zero, bytes from its beginning; 0: it is zero. Whoever holds the block. */
    private final int[] dirty;

    private int current;
    private long drops;

    private RxRing(PacketSocket socket, Mapping mapping, int blockBytes, int blocks) {
        this.socket = socket;
        this.mapping = mapping;
        this.blockBytes = blockBytes;
        this.blockShift = Integer.numberOfTrailingZeros(blockBytes);
        this.blocks = blocks;
        this.dirty = new int[blocks];
    }

    /**
     * Makes the ring of a socket that is not bound yet. A vnet header is set up as well. Where the kernel has not
     * enough memory the ring gets half the blocks, and half again: {@link #blocks} tells.
     *
     * @param blockBytes power of two, a multiple of the page size, larger than the largest GSO frame (64 KiB)
     * @param blocks how many
     */
    public static RxRing open(PacketSocket socket, int blockBytes, int blocks) {
        socket.version(PacketConstants.TPACKET_V3);
        socket.vnetHeader();
        socket.reserve(ReceivedFrame.RESERVE_BYTES);
        int got = blocks;
        int result = request(socket, blockBytes, got);
        while (result == -Errno.ENOMEM && got / 2 >= LEAST_BLOCKS) {
            got /= 2;
            result = request(socket, blockBytes, got);
        }
        long bytes = (long) blockBytes * got;
        ErrnoException.check(
                result, "setsockopt PACKET_RX_RING", socket.interfaceName(), ringCure(-result, bytes, "--rx-ring"));
        String subject = "receive ring of " + socket.interfaceName();
        return new RxRing(socket, Mapping.of(socket.libc(), socket.number(), bytes, subject), blockBytes, got);
    }

    private static int request(PacketSocket socket, int blockBytes, int blocks) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment req = arena.allocate(PacketLayouts.REQ3_BYTES, 4);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_SIZE, blockBytes);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_NR, blocks);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_SIZE, FRAME_BYTES);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_NR, blockBytes / FRAME_BYTES * blocks);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ3_RETIRE_BLK_TOV, RETIRE_MS);
            return socket.libc()
                    .setsockopt(
                            socket.number(),
                            PacketConstants.SOL_PACKET,
                            PacketConstants.PACKET_RX_RING,
                            req,
                            PacketLayouts.REQ3_BYTES);
        }
    }

    static String ringCure(int errno, long bytes, String option) {
        return errno == Errno.ENOMEM || errno == Errno.EINVAL
                ? "a ring of " + bytes + " bytes does not fit in memory; ask for less with " + option
                : "";
    }

    public int blocks() {
        return blocks;
    }

    /** Number of the current block, the one that {@link #block} looks at. */
    public int current() {
        return current;
    }

    /** Address of the current block if the kernel has handed it over, else 0. */
    public long block() {
        return isClosed(current) ? address(current) : 0;
    }

    /** Whether the kernel has handed over a block; one that was not given back since looks the same. */
    public boolean isClosed(int block) {
        // Acquire: orders the frames in the block; the kernel's other half is prb_close_block, status written last.
        int status = Memory.loadAcquire(address(block) + PacketLayouts.BLOCK_STATUS);
        return (status & PacketConstants.TP_STATUS_USER) != 0;
    }

    private long address(int block) {
        return mapping.address() + (long) block * blockBytes;
    }

    /** Where the kernel puts the first frame's header of the current block, also while it is not there yet. */
    public long firstPlace() {
        return address(current) + PacketLayouts.BLOCK_BYTES; // prb_open_block; there is no private area
    }

    /**
     * Whether the frame whose header is or will be at this address of the current block, 0 for nowhere, is complete,
     * though the block is still the kernel's. Always false where {@link #CAN_PEEK} is.
     */
    public boolean peek(long header) {
        return CAN_PEEK && dirty[current] == 0 && header != 0 && ReceivedFrame.isComplete(header);
    }

    /** The first address behind the block that this one is in. */
    private long end(long inBlock) {
        long ring = mapping.address();
        return ring + ((inBlock - ring >> blockShift) + 1 << blockShift);
    }

    /**
     * Address of the slot behind this one in the same block, also if it is not there yet. 0 for the last one of a
     * closed block, and where the offset is none that the kernel makes or leads out of the block.
     */
    public long next(long slot) {
        int offset = Memory.getInt(slot + PacketLayouts.TPACKET3_NEXT_OFFSET);
        // prb_fill_curr_block: a multiple of V3_ALIGNMENT; the header has to fit in at least
        boolean isSound = offset >= ReceivedFrame.LEAST_SLOT_BYTES
                && (offset & ReceivedFrame.ALIGNMENT - 1) == 0
                && offset <= end(slot) - ReceivedFrame.LEAST_SLOT_BYTES - slot;
        return isSound ? slot + offset : 0;
    }

    /**
     * Whether the kernel has filled a slot of a closed or {@linkplain #peek peeked} block with a frame, and all of it
     * lies in the block: an Ethernet header at least, a vnet header in front and room for a tag.
     *
     * @param slot from {@link #firstPlace} or {@link #next}
     */
    public boolean isFrame(long slot) {
        int status = Memory.getInt(slot + PacketLayouts.TPACKET3_STATUS);
        int mac = Memory.getShort(slot + PacketLayouts.TPACKET3_MAC);
        int bytes = Memory.getInt(slot + PacketLayouts.TPACKET3_SNAPLEN);
        return (status & PacketConstants.TP_STATUS_USER) != 0
                && mac >= ReceivedFrame.LEAST_MAC
                && bytes >= ReceivedFrame.LEAST_FRAME_BYTES
                && bytes <= end(slot) - slot - mac;
    }

    /** Slots in a block, each a frame or none. */
    public static int frames(long block) {
        return Memory.getInt(block + PacketLayouts.BLOCK_NUM_PKTS);
    }

    /** Goes on to the next block; the one left behind stays ours until it is given back. */
    public void advance() {
        current = current + 1 == blocks ? 0 : current + 1;
    }

    /** Returns a block to the kernel; nobody looks at its frames any more. */
    public void giveBack(int block) {
        dirty[block] = Math.max(dirty[block], usedBytes(block));
        giveBackAsItIs(block);
    }

    private void giveBackAsItIs(int block) {
        // Release: our reads of the frames come before; the kernel looks at the status before it writes the block
        // again.
        Memory.storeRelease(address(block) + PacketLayouts.BLOCK_STATUS, PacketConstants.TP_STATUS_KERNEL);
    }

    /**
     * {@link #giveBack} for those who {@link #peek}: so that frames of the block can be peeked at when its turn comes
     * again. Costs some 10 % of the rate at 64 bytes; whoever has more to do than to wait for frames need not do it.
     */
    public void giveBackZeroed(int block) {
        if (CAN_PEEK) {
            int used = Math.max(dirty[block], usedBytes(block));
            Memory.fill(address(block) + PacketLayouts.BLOCK_BYTES, used - PacketLayouts.BLOCK_BYTES, (byte) 0);
            dirty[block] = 0;
        }
        giveBackAsItIs(block);
    }

    private int usedBytes(int block) {
        int used = Memory.getInt(address(block) + PacketLayouts.BLOCK_LEN);
        return used < PacketLayouts.BLOCK_BYTES || used > blockBytes ? blockBytes : used;
    }

    /** Frames dropped by the kernel since the ring was made, for want of a free block. Any thread. */
    public synchronized long kernelDrops() {
        drops += Integer.toUnsignedLong(socket.takeDrops());
        return drops;
    }

    @Override
    public void close() {
        mapping.close();
    }
}
