package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads RTM_NEWADDR. Addresses of other families than IPv4 and IPv6 give an empty result. */
final class AddressMessage {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final byte[] IPV4_MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");

    private AddressMessage() {}

    /** @throws NetlinkFormatException if the message contradicts itself */
    static Optional<Address> parse(Message message) {
        if (message.type() != RtnetlinkLayout.RTM_NEWADDR) {
            return Optional.empty();
        }
        byte[] address = null;
        for (Attribute attribute : message.attributes(RtnetlinkLayout.SIZEOF_IFADDRMSG)) {
            // IFA_ADDRESS is the far end where a link has two, and IFA_LOCAL is then the near one
            boolean local = attribute.type() == RtnetlinkLayout.IFA_LOCAL;
            if (local || attribute.type() == RtnetlinkLayout.IFA_ADDRESS && address == null) {
                address = attribute.bytes();
            }
        }
        if (address == null || address.length != IPV4_BYTES && address.length != IPV6_BYTES) {
            return Optional.empty();
        }
        MemorySegment ifaddrmsg = message.payload();
        return Optional.of(new Address(
                ifaddrmsg.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.IFA_INDEX),
                address.length == IPV4_BYTES ? ipv4(address, 0) : ipv6(address),
                ifaddrmsg.get(JAVA_BYTE, RtnetlinkLayout.IFA_PREFIXLEN) & 0xff,
                ifaddrmsg.get(JAVA_BYTE, RtnetlinkLayout.IFA_SCOPE) & 0xff));
    }

    /** The link that an address came to or went from; empty for what is no such event. */
    static OptionalInt link(Message message) {
        return message.type() == RtnetlinkLayout.RTM_NEWADDR || message.type() == RtnetlinkLayout.RTM_DELADDR
                ? OptionalInt.of(message.payload().get(JAVA_INT_UNALIGNED, RtnetlinkLayout.IFA_INDEX))
                : OptionalInt.empty();
    }

    private static String ipv4(byte[] address, int at) {
        return (address[at] & 0xff) + "." + (address[at + 1] & 0xff) + "." + (address[at + 2] & 0xff) + "."
                + (address[at + 3] & 0xff);
    }

    /** RFC 5952: lower case, the first longest run of two or more zero groups as {@code ::}, mapped IPv4 with dots. */
    private static String ipv6(byte[] address) {
        if (Arrays.equals(address, 0, IPV4_MAPPED.length, IPV4_MAPPED, 0, IPV4_MAPPED.length)) {
            return "::ffff:" + ipv4(address, IPV4_MAPPED.length);
        }
        int[] groups = new int[IPV6_BYTES / 2];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (address[2 * i] & 0xff) << 8 | address[2 * i + 1] & 0xff;
        }
        int runAt = 0;
        int runLength = 1; // a single zero group is written out
        for (int start = 0; start < groups.length; start++) {
            int end = start;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - start > runLength) {
                runAt = start;
                runLength = end - start;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == runAt && runLength > 1) {
                text.append("::");
                i += runLength - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
