package org.ifqd.linux.packet;

import org.ifqd.linux.Memory;

/**
 * {@code struct virtio_net_hdr}: what the kernel says of a frame's checksum and segmentation, directly in front of the
 * frame (PACKET_VNET_HDR).
 *
 * @see <a href="https://docs.oasis-open.org/virtio/virtio/v1.2/virtio-v1.2.html">virtio 1.2, section 5.1.6</a>
 */
public final class VnetHeader {
    public static final int BYTES = 10;

    static final int FLAGS = 0; // 8 bits
    static final int GSO_TYPE = 1; // 8 bits
    static final int HDR_LEN = 2; // 16 bits, like all that follow
    static final int GSO_SIZE = 4;
    static final int CSUM_START = 6;
    static final int CSUM_OFFSET = 8;

    static final int NEEDS_CSUM = 1;

    /** Kinds of GSO frame, as {@link #gsoKind} answers them. */
    public static final int GSO_NONE = 0;

    public static final int GSO_TCPV4 = 1;
    /** UFO: one UDP datagram to be cut into IP fragments. Legacy; Linux sends none since 4.14. */
    public static final int GSO_UDP = 3;

    public static final int GSO_TCPV6 = 4;
    /** Several UDP datagrams of one flow behind one header (UDP_SEGMENT, UDP GRO). */
    public static final int GSO_UDP_L4 = 5;

    /** Beside a TCP kind: CWR is set and belongs to the first segment only. */
    private static final int GSO_ECN = 0x80;

    private VnetHeader() {}

    /** Whether the frame is a GSO frame that the egress has to segment. */
    public static boolean isGso(long header) {
        return Memory.getByte(header + GSO_TYPE) != 0;
    }

    /** Whether the frame's checksum is still to be finished (CHECKSUM_PARTIAL). */
    public static boolean needsChecksum(long header) {
        return (Memory.getByte(header + FLAGS) & NEEDS_CSUM) != 0;
    }

    /** The kind of GSO frame, a {@code GSO_} constant, without the ECN bit; others may come. */
    public static int gsoKind(long header) {
        return Memory.getByte(header + GSO_TYPE) & 0xff & ~GSO_ECN;
    }

    /** Whether the ECN bit stands beside a TCP kind: CWR is the first segment's only. */
    public static boolean isEcn(long header) {
        return (Memory.getByte(header + GSO_TYPE) & GSO_ECN) != 0;
    }

    /** Payload bytes of each segment of a GSO frame but the last, which may be shorter. */
    public static int gsoSize(long header) {
        return Memory.getShort(header + GSO_SIZE);
    }

    /** Where the checksum that is to be finished begins to sum, bytes from the start of the frame. */
    public static int checksumStart(long header) {
        return Memory.getShort(header + CSUM_START);
    }

    /** Where it is to be stored, bytes from {@link #checksumStart}. */
    public static int checksumOffset(long header) {
        return Memory.getShort(header + CSUM_OFFSET);
    }

    /** A frame whose checksum is left to finish, like those that the kernel hands out. */
    public static void needChecksum(long header, int start, int offset) {
        Memory.putByte(header + FLAGS, (byte) NEEDS_CSUM);
        Memory.putShort(header + CSUM_START, start);
        Memory.putShort(header + CSUM_OFFSET, offset);
    }

    /** The frame's checksum is finished. */
    public static void clearNeedsChecksum(long header) {
        Memory.putByte(header + FLAGS, (byte) (Memory.getByte(header + FLAGS) & ~NEEDS_CSUM));
        Memory.putShort(header + CSUM_START, 0);
        Memory.putShort(header + CSUM_OFFSET, 0);
    }

    /** Says that the frame is as it should be on the wire: no checksum to finish, nothing to segment. */
    public static void clear(long header) {
        Memory.putLong(header, 0);
        Memory.putShort(header + Long.BYTES, 0);
    }

    /**
     * How many bytes of the frame the kernel copies into the linear part of its buffer on transmit; the rest becomes
     * page fragments. For frames that are not GSO any number up to the frame's length is valid.
     */
    public static void linearBytes(long header, int bytes) {
        Memory.putShort(header + HDR_LEN, bytes);
    }

    /** The frame grew by {@code bytes} in front of where its checksum starts: a tag was put in. */
    static void shiftChecksumStart(long header, int bytes) {
        if (needsChecksum(header)) {
            Memory.putShort(header + CSUM_START, Memory.getShort(header + CSUM_START) + bytes);
        }
        int linear = Memory.getShort(header + HDR_LEN);
        if (linear != 0) {
            Memory.putShort(header + HDR_LEN, linear + bytes);
        }
    }
}
