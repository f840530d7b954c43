package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * One netlink message: the fields of {@code struct nlmsghdr} and what follows it.
 *
 * @param type NLMSG_* or RTM_*
 * @param flags NLM_F_*
 * @param sequence the number of the request that this answers; 0 in a notification
 * @param payload a slice of the datagram, without the padding behind; valid as long as the datagram is
 */
record Message(int type, int flags, int sequence, MemorySegment payload) {

    /**
     * Cuts a datagram into its messages.
     *
     * @throws NetlinkFormatException if a length does not fit, or bytes are left over
     */
    static List<Message> split(MemorySegment datagram) {
        List<Message> messages = new ArrayList<>();
        long size = datagram.byteSize();
        for (long at = 0; at < size; ) {
            long left = size - at;
            if (left < RtnetlinkLayout.SIZEOF_NLMSGHDR) {
                throw new NetlinkFormatException("netlink: " + left + " bytes behind the last message");
            }
            MemorySegment header = datagram.asSlice(at, RtnetlinkLayout.SIZEOF_NLMSGHDR);
            long length = header.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.NLMSG_LEN) & 0xffff_ffffL;
            if (length < RtnetlinkLayout.SIZEOF_NLMSGHDR || length > left) {
                throw new NetlinkFormatException(
                        "netlink: message of " + length + " bytes where " + left + " are left");
            }
            messages.add(new Message(
                    header.get(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.NLMSG_TYPE) & 0xffff,
                    header.get(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.NLMSG_FLAGS) & 0xffff,
                    header.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.NLMSG_SEQ),
                    datagram.asSlice(at + RtnetlinkLayout.SIZEOF_NLMSGHDR, length - RtnetlinkLayout.SIZEOF_NLMSGHDR)));
            at = Math.min(size, at + align(length));
        }
        return messages;
    }

    /**
     * The result that NLMSG_ERROR and NLMSG_DONE carry.
     *
     * @return a positive errno, or 0 for success
     */
    int errno() {
        if (payload.byteSize() < Integer.BYTES) {
            throw new NetlinkFormatException("netlink: message type " + type + " without a result");
        }
        int result = payload.get(JAVA_INT_UNALIGNED, 0);
        if (result > 0 || result < -4095) {
            throw new NetlinkFormatException("netlink: " + result + " is no error number");
        }
        return -result;
    }

    /** The attributes behind a fixed structure at the start of the payload. */
    List<Attribute> attributes(int structureBytes) {
        if (payload.byteSize() < structureBytes) {
            throw new NetlinkFormatException("netlink: message type " + type + " has " + payload.byteSize()
                    + " bytes of payload, its structure has " + structureBytes);
        }
        return Attribute.split(payload.asSlice(structureBytes));
    }

    /** NLMSG_ALIGN and RTA_ALIGN. */
    static long align(long bytes) {
        return (bytes + 3) & ~3L;
    }
}
