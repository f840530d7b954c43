package org.ifqd.linux.packet;

import org.ifqd.linux.Memory;

/**
 * Reads a frame's header in a receive block ({@code struct tpacket3_hdr}) by its absolute address.
 *
 * <p><b>Threading:</b> whoever holds the block.
 */
public final class ReceivedFrame {
    /** Room in front of each frame for a tag that the kernel has stripped, and to keep the vnet header's alignment. */
    static final int RESERVE_BYTES = 8;

    /** V3_ALIGNMENT in net/packet/internal.h: slots begin at multiples of it. */
    static final int ALIGNMENT = 8;

    /** No slot is shorter: its header with the address behind (TPACKET3_HDRLEN), aligned. */
    static final int LEAST_SLOT_BYTES = 72;

    private static final int TAG_BYTES = 4;

    /** No frame begins earlier in its slot: in front are the header, room for a tag, and the vnet header. */
    static final int LEAST_MAC = LEAST_SLOT_BYTES + TAG_BYTES + VnetHeader.BYTES;

    /** An Ethernet header; no driver hands up less. */
    static final int LEAST_FRAME_BYTES = 14;

    private static final int ADDRESSES_BYTES = 12;
    private static final int ETH_P_8021Q = 0x8100;

    private ReceivedFrame() {}

    /**
     * Whether the kernel has written all of a frame of a block that it still fills, and that was
     * {@linkplain RxRing#giveBack zeroed} before. tpacket_rcv (net/packet/af_packet.c) copies vnet header, tag and
     * frame first, then writes status, lengths, offset and stamp, and then the address behind the header, whose family
     * is not 0. x86 keeps stores in their order, so whoever sees that sees all; other processors do not, see
     * {@link RxRing#CAN_PEEK}.
     */
    static boolean isComplete(long header) {
        return (short) Memory.loadAcquire(header + PacketLayouts.TPACKET3_FAMILY) != 0
                && (Memory.loadAcquire(header + PacketLayouts.TPACKET3_STATUS) & PacketConstants.TP_STATUS_USER) != 0
                && Memory.loadAcquire(header + PacketLayouts.TPACKET3_SNAPLEN) != 0
                && Memory.loadAcquire(header + PacketLayouts.TPACKET3_LEN) != 0
                && (short) Memory.loadAcquire(header + PacketLayouts.TPACKET3_MAC) != 0;
    }

    /** Address of the Ethernet header as the kernel left it, its outer VLAN tag possibly stripped. */
    public static long mac(long header) {
        return header + Memory.getShort(header + PacketLayouts.TPACKET3_MAC);
    }

    /** Bytes of the frame that are in the ring. */
    public static int capturedBytes(long header) {
        return Memory.getInt(header + PacketLayouts.TPACKET3_SNAPLEN);
    }

    /**
     * When the kernel received the frame, nanoseconds of CLOCK_REALTIME: no wait for the block is in it. Seconds are
     * unsigned 32 bits, good until 2106.
     */
    public static long timeNs(long header) {
        return Integer.toUnsignedLong(Memory.getInt(header + PacketLayouts.TPACKET3_SEC)) * 1_000_000_000L
                + Memory.getInt(header + PacketLayouts.TPACKET3_NSEC);
    }

    /** Whether the ring had no room for all of the frame. */
    public static boolean isTruncated(long header) {
        return Integer.compareUnsigned(
                        Memory.getInt(header + PacketLayouts.TPACKET3_SNAPLEN),
                        Memory.getInt(header + PacketLayouts.TPACKET3_LEN))
                < 0;
    }

    /**
     * Whether the kernel has moved the outer VLAN tag into the ring's metadata. A tag of value 0 counts (priority tag).
     */
    public static boolean hasStrippedTag(long header) {
        return (Memory.getInt(header + PacketLayouts.TPACKET3_STATUS) & PacketConstants.TP_STATUS_VLAN_VALID) != 0;
    }

    /**
     * Puts the stripped tag back where it was on the wire, in place: the vnet header and both addresses move 4 bytes
     * towards the front, into the reserve, and TPID and TCI go behind them. To be called once for a frame.
     *
     * @return the new address of the Ethernet header; the frame is 4 bytes longer
     */
    public static long restoreTag(long header) {
        long mac = mac(header);
        long vnet = mac - VnetHeader.BYTES;
        int status = Memory.getInt(header + PacketLayouts.TPACKET3_STATUS);
        int tpid = (status & PacketConstants.TP_STATUS_VLAN_TPID_VALID) != 0
                ? Memory.getShort(header + PacketLayouts.TPACKET3_VLAN_TPID)
                : ETH_P_8021Q;
        int tci = Memory.getInt(header + PacketLayouts.TPACKET3_VLAN_TCI);
        Memory.copy(vnet, vnet - TAG_BYTES, VnetHeader.BYTES + ADDRESSES_BYTES);
        long tag = mac + ADDRESSES_BYTES - TAG_BYTES;
        Memory.putByte(tag, (byte) (tpid >>> 8));
        Memory.putByte(tag + 1, (byte) tpid);
        Memory.putByte(tag + 2, (byte) (tci >>> 8));
        Memory.putByte(tag + 3, (byte) tci);
        VnetHeader.shiftChecksumStart(vnet - TAG_BYTES, TAG_BYTES);
        return mac - TAG_BYTES;
    }
}
