package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One attribute of a netlink message: {@code struct rtattr} and its value.
 *
 * @param type IFLA_* or IFA_*, without the flag bits NLA_F_NESTED and NLA_F_NET_BYTEORDER
 * @param value a slice of the datagram, without the padding behind
 */
record Attribute(int type, MemorySegment value) {

    /**
     * Cuts the rest of a message, or the value of a nested attribute, into attributes.
     *
     * @throws NetlinkFormatException if a length does not fit; up to three bytes of padding may be left over
     */
    static List<Attribute> split(MemorySegment bytes) {
        List<Attribute> attributes = new ArrayList<>();
        long size = bytes.byteSize();
        for (long at = 0; size - at >= RtnetlinkLayout.SIZEOF_RTATTR; ) {
            int length = bytes.get(JAVA_SHORT_UNALIGNED, at + RtnetlinkLayout.RTA_LEN) & 0xffff;
            int type = bytes.get(JAVA_SHORT_UNALIGNED, at + RtnetlinkLayout.RTA_TYPE) & RtnetlinkLayout.NLA_TYPE_MASK;
            if (length < RtnetlinkLayout.SIZEOF_RTATTR || length > size - at) {
                throw new NetlinkFormatException(
                        "netlink: attribute " + type + " of " + length + " bytes where " + (size - at) + " are left");
            }
            attributes.add(new Attribute(
                    type, bytes.asSlice(at + RtnetlinkLayout.SIZEOF_RTATTR, length - RtnetlinkLayout.SIZEOF_RTATTR)));
            at = Math.min(size, at + Message.align(length));
        }
        return attributes;
    }

    /** An unsigned 8-bit value. */
    int u8() {
        return need(Byte.BYTES).get(JAVA_BYTE, 0) & 0xff;
    }

    /** An unsigned 16-bit value in the machine's byte order. */
    int u16() {
        return need(Short.BYTES).get(JAVA_SHORT_UNALIGNED, 0) & 0xffff;
    }

    /** A 32-bit value in the machine's byte order; what the kernel calls unsigned fits an int for all we ask. */
    int u32() {
        return need(Integer.BYTES).get(JAVA_INT_UNALIGNED, 0);
    }

    /** A 64-bit value in the machine's byte order. */
    long u64() {
        return need(Long.BYTES).get(JAVA_LONG_UNALIGNED, 0);
    }

    /** Text up to a NUL or to the end of the value, whichever comes first. */
    String text() {
        byte[] all = bytes();
        int length = 0;
        while (length < all.length && all[length] != 0) {
            length++;
        }
        return new String(all, 0, length, StandardCharsets.UTF_8);
    }

    /** A copy of the value. */
    byte[] bytes() {
        return value.toArray(JAVA_BYTE);
    }

    /** The attributes inside this one. */
    List<Attribute> nested() {
        return split(value);
    }

    private MemorySegment need(int bytes) {
        if (value.byteSize() < bytes) {
            throw new NetlinkFormatException(
                    "netlink: attribute " + type + " has " + value.byteSize() + " bytes, expected " + bytes);
        }
        return value;
    }
}
