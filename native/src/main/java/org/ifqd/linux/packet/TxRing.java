package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.Memory;

/**
 * A TPACKET_V2 transmit ring with vnet headers: slots that we fill strictly in ring order and the kernel takes in the
 * same order.
 *
 * <p>A slot is free while its status is AVAILABLE; {@link #put} publishes a frame in the next one; {@link #kick} makes
 * the kernel take what is published. A slot that the kernel has taken is busy (SENDING) until the device has sent the
 * frame. The kernel goes on from where it stopped, so a slot that it left (no buffer: still SEND_REQUEST) is tried
 * again by the next kick, and no slot is ever skipped.
 *
 * <p>PACKET_LOSS stays off: with it the kernel would silently discard a frame that it cannot send. Without it such a
 * slot is marked WRONG_FORMAT, and {@link #removeFirst} takes it out.
 *
 * <p><b>Threading:</b> one thread at a time, the one inside the serializer; {@link #isFree} from any while the ring is
 * mapped. <b>Owns:</b> the mapping, not the socket.
 */
public final class TxRing implements AutoCloseable {
    /** The kernel may leave timestamp bits in the status of a slot that is free again (Linux 3.10 to 5.13 on veth). */
    private static final int TIMESTAMPS =
            PacketConstants.TP_STATUS_TS_SOFTWARE | PacketConstants.TP_STATUS_TS_RAW_HARDWARE;

    /**
     * Up to this length the kernel shall copy the frame into one piece of memory; above, reference the pages of the
     * slot. Measured on veth at 1514 bytes: 1.14 times the rate (1.10 to 1.18 in 16 rounds). Above a page it would need
     * several in a row.
     */
    private static final int LINEAR_BYTES = 2048;

    private static final int BLOCK_BYTES = 1 << 18;

    private final PacketSocket socket;
    private final Mapping mapping;
    private final int slotBytes;
    private final int mask;

    /**
     * Slot numbers that never wrap: the next one to fill, and the first one published that the kernel has not taken.
     */
    private long tail;

    private long head;
    private long pendingBytes;
    private int pendingFrames;

    /** By slot: the frame goes on in the next one (a GSO frame that was cut), so it is counted there. */
    private final boolean[] continued;

    private int takenFrames;
    private long takenBytes;
    private BooleanSupplier mayKickAgain = () -> true;

    private TxRing(PacketSocket socket, Mapping mapping, int slotBytes, int slots) {
        this.socket = socket;
        this.mapping = mapping;
        this.slotBytes = slotBytes;
        this.mask = slots - 1;
        this.continued = new boolean[slots];
    }

    /**
     * Makes the ring of a socket that is not bound yet.
     *
     * @param largestFrame bytes of the longest frame that a slot must hold
     * @param slots power of two
     */
    public static TxRing open(PacketSocket socket, int largestFrame, int slots) {
        if (Integer.bitCount(slots) != 1 || slots < 0) {
            throw new IllegalArgumentException("transmit slots " + slots + " is not a power of two");
        }
        int needed = PacketLayouts.TPACKET2_TX_DATA + VnetHeader.BYTES + largestFrame;
        int slotBytes = Math.max(256, Integer.highestOneBit(needed * 2 - 1));
        int blockBytes = Math.max(BLOCK_BYTES, slotBytes);
        int ringSlots = Math.max(slots, blockBytes / slotBytes);
        long bytes = (long) slotBytes * ringSlots;
        socket.version(PacketConstants.TPACKET_V2);
        socket.vnetHeader();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment req = arena.allocate(PacketLayouts.REQ_BYTES, 4);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_SIZE, blockBytes);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_NR, (int) (bytes / blockBytes));
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_SIZE, slotBytes);
            req.set(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_NR, ringSlots);
            int result = socket.libc()
                    .setsockopt(
                            socket.number(),
                            PacketConstants.SOL_PACKET,
                            PacketConstants.PACKET_TX_RING,
                            req,
                            PacketLayouts.REQ_BYTES);
            ErrnoException.check(
                    result,
                    "setsockopt PACKET_TX_RING",
                    socket.interfaceName(),
                    RxRing.ringCure(-result, bytes, "--tx-ring"));
        }
        String subject = "transmit ring of " + socket.interfaceName();
        return new TxRing(socket, Mapping.of(socket.libc(), socket.number(), bytes, subject), slotBytes, ringSlots);
    }

    /** The longest frame that a slot holds, bytes. */
    public int largestFrame() {
        return slotBytes - PacketLayouts.TPACKET2_TX_DATA - VnetHeader.BYTES;
    }

    public int slots() {
        return mask + 1;
    }

    private long slot(long number) {
        return mapping.address() + (number & mask) * slotBytes;
    }

    /** Acquire: the kernel is done with the slot's pages before it sets AVAILABLE (tpacket_destruct_skb). */
    private static int status(long slot) {
        return Memory.loadAcquire(slot + PacketLayouts.TPACKET2_STATUS) & ~TIMESTAMPS;
    }

    /** How many of the next {@code max} slots are free, counted up to the first busy one. */
    public int space(int max) {
        int limit = Math.min(max, mask + 1 - pending());
        int n = 0;
        while (n < limit && status(slot(tail + n)) == PacketConstants.TP_STATUS_AVAILABLE) {
            n++;
        }
        return n;
    }

    /** Number of the slot that {@link #put} fills next, for {@link #isFree}. */
    public long nextSlot() {
        return tail;
    }

    /**
     * Whether a slot has come back. Any thread: what a completion context looks at, since POLLOUT alone does not mean
     * it.
     */
    public boolean isFree(long number) {
        return status(slot(number)) == PacketConstants.TP_STATUS_AVAILABLE;
    }

    /**
     * Copies a frame with the vnet header in front of it into the next slot, which must be free, and publishes it.
     *
     * @param frame address of the Ethernet header; its vnet header lies directly in front
     * @param bytes length of the frame, at most {@link #largestFrame}
     */
    public void put(long frame, int bytes) {
        Memory.copy(frame - VnetHeader.BYTES, reserve() - VnetHeader.BYTES, (long) bytes + VnetHeader.BYTES);
        publish(bytes, false);
    }

    /**
     * Where the next slot, which must be free, wants its frame: the vnet header goes directly in front of that address.
     */
    public long reserve() {
        return slot(tail) + PacketLayouts.TPACKET2_TX_DATA + VnetHeader.BYTES;
    }

    /**
     * Hands the reserved slot over.
     *
     * @param bytes length of the frame, at most {@link #largestFrame}
     * @param more it is a segment, and not the last one of its GSO frame: all together are counted as one frame
     */
    public void publish(int bytes, boolean more) {
        long slot = slot(tail);
        VnetHeader.linearBytes(slot + PacketLayouts.TPACKET2_TX_DATA, bytes <= LINEAR_BYTES ? bytes : 0);
        Memory.putInt(slot + PacketLayouts.TPACKET2_LEN, bytes + VnetHeader.BYTES);
        // Release: orders frame and length; the kernel's other half is packet_current_frame in tpacket_snd.
        Memory.storeRelease(slot + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_SEND_REQUEST);
        continued[(int) tail & mask] = more;
        tail++;
        pendingBytes += bytes;
        pendingFrames += more ? 0 : 1;
    }

    /** Slots published and not yet taken by the kernel. */
    public int pending() {
        return (int) (tail - head);
    }

    /** Frames that end in one of those slots. */
    public int pendingFrames() {
        return pendingFrames;
    }

    /**
     * One system call: the kernel takes published frames until none is left or it has no room. {@link #takenFrames} and
     * {@link #takenBytes} say what it took.
     *
     * @return 0, or the positive errno with which it stopped (ENOBUFS, EAGAIN: later; ENETDOWN, ENXIO: gone; EINVAL
     *     together with {@link #isRefused}: never)
     */
    public int kick() {
        long result = socket.kickQuick();
        int errno = 0;
        if (result == pendingBytes) { // all of it: no need to look at the slots
            takenFrames = pendingFrames;
            takenBytes = pendingBytes;
            head = tail;
        } else {
            takenFrames = 0;
            takenBytes = 0;
            countTaken();
            if (result < 0) {
                errno = isRefused() ? Errno.EINVAL : kickAgain();
            }
        }
        pendingFrames -= takenFrames;
        pendingBytes -= takenBytes;
        return errno;
    }

    /** @param may asked between two system calls of one {@link #kick}: false, and the second one is not made */
    public void beforeSecondCall(BooleanSupplier may) {
        mayKickAgain = may;
    }

    /**
     * To learn why the first one failed; if this one does not, all the better. Not after a refusal: that is told only
     * once.
     */
    private int kickAgain() {
        if (!mayKickAgain.getAsBoolean()) {
            return Errno.EAGAIN;
        }
        long result = socket.kick();
        countTaken();
        return result < 0 ? (int) -result : 0;
    }

    private void countTaken() {
        int n = 0;
        long bytes = 0;
        while (head != tail) {
            long slot = slot(head);
            int status = status(slot);
            if (status == PacketConstants.TP_STATUS_SEND_REQUEST || isWrongFormat(status)) {
                break;
            }
            bytes += frameBytes(slot);
            n += continued[(int) head & mask] ? 0 : 1;
            head++;
        }
        takenFrames += n;
        takenBytes += bytes;
    }

    /** Frames that the kernel took in the last {@link #kick}. */
    public int takenFrames() {
        return takenFrames;
    }

    /** Their bytes, without vnet headers. */
    public long takenBytes() {
        return takenBytes;
    }

    private static int frameBytes(long slot) {
        return Memory.getInt(slot + PacketLayouts.TPACKET2_LEN) - VnetHeader.BYTES;
    }

    private static boolean isWrongFormat(int status) {
        return (status & PacketConstants.TP_STATUS_WRONG_FORMAT) != 0;
    }

    /** Whether the kernel stopped at a frame that it will never take. After {@link #kick}. */
    public boolean isRefused() {
        return head != tail && isWrongFormat(status(slot(head)));
    }

    /**
     * Takes the first pending frame out of the ring. The kernel stands at its slot and will look there next, so the
     * frames behind it move up by one slot each. Rare, so its price does not matter.
     *
     * @return frames that are gone with it: 1, or 0 for a segment whose GSO frame goes on
     */
    public int removeFirst() {
        int frames = continued[(int) head & mask] ? 0 : 1;
        pendingFrames -= frames;
        pendingBytes -= frameBytes(slot(head));
        for (long to = head; to + 1 != tail; to++) {
            long from = slot(to + 1);
            int bytes = Memory.getInt(from + PacketLayouts.TPACKET2_LEN);
            Memory.copy(from + PacketLayouts.TPACKET2_TX_DATA, slot(to) + PacketLayouts.TPACKET2_TX_DATA, bytes);
            Memory.putInt(slot(to) + PacketLayouts.TPACKET2_LEN, bytes);
            continued[(int) to & mask] = continued[(int) (to + 1) & mask];
            Memory.storeRelease(slot(to) + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_SEND_REQUEST);
        }
        Memory.storeRelease(slot(tail - 1) + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_AVAILABLE);
        tail--;
        return frames;
    }

    /** Whether an errno of {@link #kick} means that the same frame may be taken later. */
    public static boolean isCongestion(int errno) {
        return errno == Errno.ENOBUFS || errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ENOMEM;
    }

    /**
     * Whether such an errno can also mean that this very frame will never be taken: NET_XMIT_DROP, validate_xmit_skb.
     */
    public static boolean mayBeRefusal(int errno) {
        return errno == Errno.ENOBUFS || errno == Errno.ENOMEM;
    }

    /**
     * Whether the frame that was taken last is known to wait in the device; drivers that orphan it at once never tell.
     */
    public boolean isInFlight() {
        return status(slot(head - 1)) == PacketConstants.TP_STATUS_SENDING;
    }

    /** Forgets the frames that are published and not taken. The kernel never sees them if no kick follows. */
    public void discardPending() {
        while (head != tail) {
            tail--;
            Memory.storeRelease(slot(tail) + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_AVAILABLE);
        }
        pendingBytes = 0;
        pendingFrames = 0;
    }

    /** Unmaps; frames that the kernel has taken are still sent, since it holds their pages. */
    @Override
    public void close() {
        mapping.close();
    }
}
