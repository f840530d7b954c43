package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A netlink message that we send: header, a fixed structure, attributes. One thread. */
final class Request {
    static final int ROOM = 256; // all our messages are short

    private static final ValueLayout.OfShort BIG_ENDIAN_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_ENDIAN_INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment bytes = Arena.ofAuto().allocate(ROOM, 8);
    private int size;
    private int nestAt;

    /**
     * @param type RTM_GET*
     * @param flags NLM_F_DUMP, or 0 for a question about one thing; NLM_F_REQUEST goes without saying
     * @param structureBytes of the fixed structure behind the header, all zero: no restriction
     */
    Request(int type, int flags, int structureBytes) {
        bytes.set(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.NLMSG_TYPE, (short) type);
        bytes.set(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.NLMSG_FLAGS, (short) (RtnetlinkLayout.NLM_F_REQUEST | flags));
        size = RtnetlinkLayout.SIZEOF_NLMSGHDR + (int) Message.align(structureBytes);
    }

    /**
     * A message to nf_tables; its structure is {@code struct nfgenmsg}.
     *
     * @param type NFNL_MSG_BATCH_*, or NFT_MSG_* with the subsystem in the upper byte
     * @param flags NLM_F_* beside NLM_F_REQUEST
     * @param family NFPROTO_*
     * @param resource of a batch the subsystem, else 0
     */
    static Request nftables(int type, int flags, int family, int resource) {
        Request request = new Request(type, flags, NftablesLayout.SIZEOF_NFGENMSG);
        MemorySegment nfgenmsg = request.bytes.asSlice(RtnetlinkLayout.SIZEOF_NLMSGHDR);
        nfgenmsg.set(JAVA_BYTE, NftablesLayout.NFGEN_FAMILY, (byte) family);
        nfgenmsg.set(BIG_ENDIAN_SHORT, NftablesLayout.NFGEN_RES_ID, (short) resource);
        return request;
    }

    /** Sets a 32-bit field of the fixed structure. */
    Request field(int offset, int value) {
        bytes.set(JAVA_INT_UNALIGNED, (long) RtnetlinkLayout.SIZEOF_NLMSGHDR + offset, value);
        return this;
    }

    /** Adds a 32-bit attribute. */
    Request with(int attribute, int value) {
        bytes.set(JAVA_INT_UNALIGNED, open(attribute, Integer.BYTES), value);
        return this;
    }

    /** Adds a 32-bit attribute in network byte order, as nf_tables wants all of them. */
    Request withBigEndian(int attribute, int value) {
        bytes.set(BIG_ENDIAN_INT, open(attribute, Integer.BYTES), value);
        return this;
    }

    /** Begins an attribute that holds those that are added until {@link #close}. One level. */
    Request open(int attribute) {
        nestAt = size;
        open(attribute | NftablesLayout.NLA_F_NESTED, 0);
        return this;
    }

    /** Ends the attribute that {@link #open(int)} began. */
    Request close() {
        bytes.set(JAVA_SHORT_UNALIGNED, nestAt + RtnetlinkLayout.RTA_LEN, (short) (size - nestAt));
        return this;
    }

    /** As {@link #with(int, byte[])}. */
    Request with(int attribute, String text) {
        return with(attribute, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds text; a NUL is put behind it. */
    Request with(int attribute, byte[] text) {
        int at = open(attribute, text.length + 1);
        MemorySegment.copy(text, 0, bytes, JAVA_BYTE, at, text.length);
        return this;
    }

    private int open(int attribute, int valueBytes) {
        int at = size;
        bytes.set(JAVA_SHORT_UNALIGNED, at + RtnetlinkLayout.RTA_LEN, (short)
                (RtnetlinkLayout.SIZEOF_RTATTR + valueBytes));
        bytes.set(JAVA_SHORT_UNALIGNED, at + RtnetlinkLayout.RTA_TYPE, (short) attribute);
        size = at + (int) Message.align(RtnetlinkLayout.SIZEOF_RTATTR + valueBytes);
        return at + RtnetlinkLayout.SIZEOF_RTATTR;
    }

    /** The finished message under a number; may be called again for another try with another number. */
    MemorySegment numbered(int sequence) {
        bytes.set(JAVA_INT_UNALIGNED, RtnetlinkLayout.NLMSG_LEN, size);
        bytes.set(JAVA_INT_UNALIGNED, RtnetlinkLayout.NLMSG_SEQ, sequence);
        return bytes.asSlice(0, size);
    }
}
