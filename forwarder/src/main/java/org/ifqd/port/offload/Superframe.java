package org.ifqd.port.offload;

import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Where the headers of a superframe lie, found anew in every frame: of the vnet header only kind and segment size are
 * believed, {@code hdr_len} is a hint (virtio 1.2, section 5.1.6.2).
 *
 * <p>As in the kernel the frame's own length counts, not the length in its IP header, which may be 0 in a frame that was
 * merged beyond 64 KiB (BIG TCP).
 *
 * <p><b>Invariant:</b> after a {@link #parse} that answered a count, every offset lies inside of the frame.
 */
final class Superframe {
    private static final int ETHERNET_ADDRESSES_BYTES = 12;
    private static final int ETHER_TYPE_BYTES = 2;
    private static final int TAG_BYTES = 4;
    private static final int MOST_TAGS = 2;
    private static final int ETH_P_8021Q = 0x8100;
    private static final int ETH_P_8021AD = 0x88a8;
    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_IPV6 = 0x86dd;

    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;
    private static final int HOP_BY_HOP = 0;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int IPV6_ADDRESS_BYTES = 16;

    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int LONGEST_IP = 0xffff;

    /** TCP_MIN_GSO_SIZE in include/net/tcp.h: no sender has less, so less can only be meant to make us work. */
    private static final int LEAST_TCP_SEGMENT = 8;

    /** UDP_MAX_SEGMENTS in include/linux/udp.h. */
    private static final int MOST_UDP_SEGMENTS = 128;

    long frame;
    int bytes;
    boolean ipv6;
    boolean tcp;
    int ipOffset;
    int transportOffset;
    int headerBytes;
    int gsoSize;

    /** Partial checksum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1) without its length. */
    long pseudoSum;

    private int transportProtocol;
    private int destinationOffset;

    /** How many segments it gives, or {@link Segmenter#MALFORMED} or {@link Segmenter#UNSUPPORTED}. */
    int parse(long address, int length) {
        frame = address;
        bytes = length;
        long vnet = address - VnetHeader.BYTES;
        int result = link(VnetHeader.gsoKind(vnet));
        if (result == 0) {
            result = ipv6 ? ipv6() : ipv4();
        }
        if (result == 0) {
            result = transport(vnet);
        }
        return result == 0 ? count() : result;
    }

    int payloadBytes() {
        return bytes - headerBytes;
    }

    private int link(int kind) {
        int at = ETHERNET_ADDRESSES_BYTES;
        int tags = 0;
        int type;
        while (true) {
            if (at + ETHER_TYPE_BYTES > bytes) {
                return Segmenter.MALFORMED;
            }
            type = Memory.getShortBigEndian(frame + at);
            if (type != ETH_P_8021Q && type != ETH_P_8021AD) {
                break;
            }
            if (tags++ == MOST_TAGS) {
                return Segmenter.UNSUPPORTED;
            }
            at += TAG_BYTES;
        }
        ipOffset = at + ETHER_TYPE_BYTES;
        ipv6 = type == ETH_P_IPV6;
        tcp = kind != VnetHeader.GSO_UDP_L4;
        boolean fits =
                switch (kind) {
                    case VnetHeader.GSO_TCPV4 -> type == ETH_P_IP;
                    case VnetHeader.GSO_TCPV6 -> ipv6;
                    case VnetHeader.GSO_UDP_L4 -> ipv6 || type == ETH_P_IP;
                    default -> false;
                };
        return fits ? 0 : Segmenter.UNSUPPORTED;
    }

    private int ipv4() {
        if (ipOffset + IPV4_BYTES > bytes) {
            return Segmenter.MALFORMED;
        }
        long ip = frame + ipOffset;
        int first = Memory.getByte(ip) & 0xff;
        int ipBytes = (first & 0x0f) * 4;
        transportOffset = ipOffset + ipBytes;
        boolean fragment = (Memory.getShortBigEndian(ip + 6) & MORE_FRAGMENTS_AND_OFFSET) != 0;
        if (first >>> 4 != 4 || ipBytes < IPV4_BYTES || transportOffset > bytes || fragment) {
            return Segmenter.MALFORMED;
        }
        transportProtocol = Memory.getByte(ip + 9) & 0xff;
        pseudoSum = InternetChecksum.sum(ip + 12, 8);
        return HeaderOptions.haveSourceRoute(ip + IPV4_BYTES, ip + ipBytes) ? Segmenter.UNSUPPORTED : 0;
    }

    private int ipv6() {
        if (ipOffset + IPV6_BYTES > bytes || (Memory.getByte(frame + ipOffset) >>> 4 & 0x0f) != 6) {
            return Segmenter.MALFORMED;
        }
        destinationOffset = ipOffset + 24;
        int header = Memory.getByte(frame + ipOffset + 6) & 0xff;
        int at = ipOffset + IPV6_BYTES;
        // Those that inet6_offloads has as INET6_PROTO_GSO_EXTHDR. Others, as a fragment header, end in UNSUPPORTED.
        while (header == HOP_BY_HOP || header == ROUTING || header == DESTINATION_OPTIONS) {
            int end = at + 8 > bytes ? Integer.MAX_VALUE : at + ((Memory.getByte(frame + at + 1) & 0xff) + 1) * 8;
            if (end > bytes) {
                return Segmenter.MALFORMED;
            }
            boolean understood = header == ROUTING
                    ? routing(at, end)
                    : !HeaderOptions.haveJumboOrHomeAddress(frame + at + 2, frame + end);
            if (!understood) {
                return Segmenter.UNSUPPORTED;
            }
            header = Memory.getByte(frame + at) & 0xff;
            at = end;
        }
        transportOffset = at;
        transportProtocol = header;
        pseudoSum = InternetChecksum.sum(frame + ipOffset + 8, IPV6_ADDRESS_BYTES)
                + InternetChecksum.sum(frame + destinationOffset, IPV6_ADDRESS_BYTES);
        return 0;
    }

    /** While a routing header has segments left, the checksum covers the last address in it (RFC 8200, 8.1). */
    private boolean routing(int at, int end) {
        if (Memory.getByte(frame + at + 3) == 0) {
            return true;
        }
        if (end - at < 8 + IPV6_ADDRESS_BYTES) {
            return false;
        }
        switch (Memory.getByte(frame + at + 2)) {
            case 0 -> destinationOffset = end - IPV6_ADDRESS_BYTES; // RFC 2460, deprecated
            case 2, 4 -> destinationOffset = at + 8; // RFC 6275: only one; RFC 8754: listed last to first
            default -> {
                return false;
            }
        }
        return true;
    }

    private int transport(long vnet) {
        if (transportProtocol != (tcp ? TCP : UDP)) {
            return Segmenter.UNSUPPORTED; // TCP in a tunnel has the kind of its inner header
        }
        if (VnetHeader.needsChecksum(vnet) && VnetHeader.checksumStart(vnet) != transportOffset) {
            return Segmenter.MALFORMED; // as tcp_gso_segment
        }
        int fixedBytes = tcp ? TCP_BYTES : UDP_BYTES;
        if (transportOffset + fixedBytes > bytes) {
            return Segmenter.MALFORMED;
        }
        int transportBytes = tcp ? (Memory.getByte(frame + transportOffset + 12) >>> 4 & 0x0f) * 4 : UDP_BYTES;
        headerBytes = transportOffset + transportBytes;
        if (transportBytes < fixedBytes || headerBytes > bytes) {
            return Segmenter.MALFORMED;
        }
        gsoSize = VnetHeader.gsoSize(vnet);
        pseudoSum += InternetChecksum.ofShort(transportProtocol);
        return 0;
    }

    private int count() {
        int payload = payloadBytes();
        int lengthField = headerBytes - ipOffset - (ipv6 ? IPV6_BYTES : 0) + Math.min(gsoSize, payload);
        if (gsoSize == 0 || lengthField > LONGEST_IP) {
            return Segmenter.MALFORMED;
        }
        if (payload <= gsoSize) {
            return 1; // the kernel too takes such a frame for a plain one (virtio_net_hdr_to_skb)
        }
        int segments = (payload - 1) / gsoSize + 1;
        boolean absurd = tcp ? gsoSize < LEAST_TCP_SEGMENT : segments > MOST_UDP_SEGMENTS;
        return absurd ? Segmenter.MALFORMED : segments;
    }
}
