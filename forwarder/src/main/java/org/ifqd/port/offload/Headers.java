package org.ifqd.port.offload;

import org.ifqd.linux.Memory;

/**
 * The headers of a frame from Ethernet to the innermost TCP, UDP or SCTP header, through VLAN tags, 802.3/LLC, PPPoE,
 * MPLS, IP in IP, GRE, and the UDP tunnels VXLAN, Geneve, GUE and FOU, each in each.
 *
 * <p>Where a checksum is left to finish, the vnet header says where the innermost transport header is; else the first
 * one is taken. The port of a UDP tunnel is anybody's choice: each kind is tried, and right is the one whose headers
 * end where the vnet header says.
 *
 * <p><b>Threading:</b> one thread; one object for all frames. Allocates nothing after its construction.
 * <b>Invariant:</b> after a {@link #find} that answered 0, every offset lies inside of the frame.
 */
final class Headers {
    /** Lengths do not fit in the frame, or into the headers of a segment. */
    static final int MALFORMED = -1;

    /** Of a kind that is not understood: UFO, IPv6 fragments, source routes, unknown or contradicting headers. */
    static final int UNSUPPORTED = -2;

    /** Kinds of layers that have a length, an identification or a checksum to be set in each segment. */
    static final int IPV4 = 0;

    static final int IPV6 = 1;
    static final int UDP_TUNNEL = 2;
    static final int GRE_CHECKSUM = 3;
    static final int PPPOE = 4;
    static final int IEEE_802_3 = 5;

    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;

    static final int IPV6_BYTES = 40;
    static final int UDP_BYTES = 8;

    private static final int ETHERNET_ADDRESSES_BYTES = 12;
    private static final int ETHER_TYPE_BYTES = 2;
    private static final int TAG_BYTES = 4;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_ADDRESS_BYTES = 16;

    private static final int ETH_P_IP = 0x0800;
    private static final int ETH_P_TEB = 0x6558;
    private static final int ETH_P_8021Q = 0x8100;
    private static final int ETH_P_IPV6 = 0x86dd;
    private static final int ETH_P_MPLS_UC = 0x8847;
    private static final int ETH_P_MPLS_MC = 0x8848;
    private static final int ETH_P_PPP_SES = 0x8864;
    private static final int ETH_P_8021AD = 0x88a8;
    private static final int ETH_P_802_3_MIN = 0x0600;
    private static final int PPP_IP = 0x0021;
    private static final int PPP_IPV6 = 0x0057;

    private static final int HOP_BY_HOP = 0;
    private static final int IPIP = 4;
    private static final int IPV6_IN_IP = 41;
    private static final int ROUTING = 43;
    private static final int GRE = 47;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MPLS_IN_IP = 137;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;

    private static final int MOST_TAGS = 8; // VLAN_MAX_DEPTH in include/linux/if_vlan.h
    private static final int MOST_LABELS = 16;
    private static final int MOST_LAYERS = 12;

    /** Where no header of the vnet header's choice is known. */
    static final int ANY = -1;

    /** The transport header behind a UDP tunnel's. */
    static final int TUNNELLED = -2;

    private final int[] kinds = new int[MOST_LAYERS];
    private final int[] offsets = new int[MOST_LAYERS];
    private int layers;

    private long frame;
    private int bytes;
    private int target;

    /** Of the innermost IP header. */
    private int sourceOffset;

    private int destinationOffset;
    private int addressBytes;

    int transportProtocol;
    int transportOffset;

    /** MPLS labels stand somewhere. */
    boolean hasLabels;

    /** Where an IPv6 hop-by-hop header stands that has nothing but a jumbo payload length, or -1. */
    int jumboOffset;

    /**
     * Finds all headers.
     *
     * @param at address of the Ethernet header
     * @param length of the frame
     * @param transportAt where the transport header is said to be, or {@link #ANY} or {@link #TUNNELLED}
     * @return 0, or {@link #MALFORMED} or {@link #UNSUPPORTED}
     */
    int find(long at, int length, int transportAt) {
        frame = at;
        bytes = length;
        target = transportAt;
        layers = 0;
        jumboOffset = -1;
        hasLabels = false;
        return ethernet(0);
    }

    int layers() {
        return layers;
    }

    int kind(int layer) {
        return kinds[layer];
    }

    int offset(int layer) {
        return offsets[layer];
    }

    /** Partial checksum of the pseudo header (RFC 9293, 3.1; RFC 8200, 8.1) without its length. */
    long pseudoSum() {
        return InternetChecksum.sum(frame + sourceOffset, addressBytes)
                + InternetChecksum.sum(frame + destinationOffset, addressBytes)
                + InternetChecksum.ofShort(transportProtocol);
    }

    private int add(int kind, int at) {
        if (layers == MOST_LAYERS) {
            return UNSUPPORTED;
        }
        kinds[layers] = kind;
        offsets[layers++] = at;
        return 0;
    }

    private int u8(int at) {
        return Memory.getByte(frame + at) & 0xff;
    }

    private int u16(int at) {
        return Memory.getShortBigEndian(frame + at);
    }

    private boolean has(int at, int length) {
        return at + length <= bytes;
    }

    private int ethernet(int from) {
        int at = from + ETHERNET_ADDRESSES_BYTES;
        for (int tags = 0; tags <= MOST_TAGS; tags++) {
            if (!has(at, ETHER_TYPE_BYTES)) {
                return MALFORMED;
            }
            int type = u16(at);
            if (type != ETH_P_8021Q && type != ETH_P_8021AD) {
                return type < ETH_P_802_3_MIN ? llc(at) : network(type, at + ETHER_TYPE_BYTES);
            }
            at += TAG_BYTES;
        }
        return UNSUPPORTED;
    }

    /** 802.3 length, LLC and SNAP (RFC 1042). */
    private int llc(int at) {
        int snap = at + ETHER_TYPE_BYTES;
        if (!has(snap, 8)) {
            return MALFORMED;
        }
        boolean isSnap = u16(snap) == 0xaaaa && u16(snap + 2) == 0x0300 && u8(snap + 4) == 0 && u8(snap + 5) == 0;
        int result = isSnap ? add(IEEE_802_3, at) : UNSUPPORTED;
        return result == 0 ? network(u16(snap + 6), snap + 8) : result;
    }

    private int network(int type, int at) {
        return switch (type) {
            case ETH_P_IP -> ipv4(at);
            case ETH_P_IPV6 -> ipv6(at);
            case ETH_P_MPLS_UC, ETH_P_MPLS_MC -> mpls(at);
            case ETH_P_PPP_SES -> pppoe(at);
            case ETH_P_TEB -> ethernet(at);
            default -> UNSUPPORTED;
        };
    }

    private int mpls(int from) {
        hasLabels = true;
        int at = from;
        for (int labels = 0; labels < MOST_LABELS; labels++) {
            if (!has(at, 5)) {
                return MALFORMED;
            }
            boolean isBottom = (u8(at + 2) & 1) != 0;
            at += 4;
            if (isBottom) {
                return ip(at);
            }
        }
        return UNSUPPORTED;
    }

    /** An IP header whose version nobody has told. */
    private int ip(int at) {
        return switch (has(at, 1) ? u8(at) >>> 4 : 0) {
            case 4 -> ipv4(at);
            case 6 -> ipv6(at);
            default -> UNSUPPORTED;
        };
    }

    /** RFC 2516: version and type 1, code 0 for data. */
    private int pppoe(int at) {
        if (!has(at, 8)) {
            return MALFORMED;
        }
        int result = u16(at) == 0x1100 ? add(PPPOE, at) : UNSUPPORTED;
        if (result != 0) {
            return result;
        }
        return switch (u16(at + 6)) {
            case PPP_IP -> ipv4(at + 8);
            case PPP_IPV6 -> ipv6(at + 8);
            default -> UNSUPPORTED;
        };
    }

    private int ipv4(int at) {
        if (!has(at, IPV4_BYTES)) {
            return MALFORMED;
        }
        int headerBytes = (u8(at) & 0x0f) * 4;
        boolean isFragment = (u16(at + 6) & MORE_FRAGMENTS_AND_OFFSET) != 0;
        if (u8(at) >>> 4 != 4 || headerBytes < IPV4_BYTES || !has(at, headerBytes) || isFragment) {
            return MALFORMED;
        }
        if (HeaderOptions.haveSourceRoute(frame + at + IPV4_BYTES, frame + at + headerBytes)) {
            return UNSUPPORTED;
        }
        sourceOffset = at + 12;
        destinationOffset = at + 16;
        addressBytes = 4;
        int result = add(IPV4, at);
        return result == 0 ? protocol(u8(at + 9), at + headerBytes) : result;
    }

    private int ipv6(int from) {
        if (!has(from, IPV6_BYTES) || u8(from) >>> 4 != 6) {
            return MALFORMED;
        }
        sourceOffset = from + 8;
        int destination = from + 24;
        int header = u8(from + 6);
        int at = from + IPV6_BYTES;
        // The extension headers that inet6_offloads has as INET6_PROTO_GSO_EXTHDR. Others, as a fragment header, end in
        // UNSUPPORTED.
        while (header == HOP_BY_HOP || header == ROUTING || header == DESTINATION_OPTIONS) {
            int end = has(at, 8) ? at + (u8(at + 1) + 1) * 8 : Integer.MAX_VALUE;
            if (end > bytes) {
                return MALFORMED;
            }
            if (header == ROUTING) {
                destination = routing(at, end, destination);
            } else if (header == HOP_BY_HOP && HeaderOptions.isJumboOnly(frame + at)) {
                jumboOffset = jumboOffset < 0 && at == from + IPV6_BYTES ? at : Integer.MAX_VALUE;
            } else if (HeaderOptions.haveJumboOrHomeAddress(frame + at + 2, frame + end)) {
                return UNSUPPORTED;
            }
            if (destination < 0 || jumboOffset == Integer.MAX_VALUE) {
                return UNSUPPORTED;
            }
            header = u8(at);
            at = end;
        }
        destinationOffset = destination;
        addressBytes = IPV6_ADDRESS_BYTES;
        int result = add(IPV6, from);
        return result == 0 ? protocol(header, at) : result;
    }

    /**
     * While a routing header has segments left, the checksum covers the last address in it (RFC 8200, 8.1). -1: not
     * understood.
     */
    private int routing(int at, int end, int destination) {
        if (u8(at + 3) == 0) {
            return destination;
        }
        if (end - at < 8 + IPV6_ADDRESS_BYTES) {
            return -1;
        }
        return switch (u8(at + 2)) {
            case 0 -> end - IPV6_ADDRESS_BYTES; // RFC 2460, deprecated
            case 2, 4 -> at + 8; // RFC 6275: only one; RFC 8754: listed last to first
            default -> -1;
        };
    }

    private boolean hasTunnel() {
        for (int i = 0; i < layers; i++) {
            if (kinds[i] == UDP_TUNNEL) {
                return true;
            }
        }
        return false;
    }

    private int protocol(int protocol, int at) {
        boolean isTransport = protocol == TCP || protocol == UDP || protocol == SCTP;
        boolean isBehindTunnel = target == TUNNELLED && hasTunnel();
        if (isTransport && (target == ANY || target == at || isBehindTunnel)) {
            transportProtocol = protocol;
            transportOffset = at;
            return 0;
        }
        if (target >= 0 && at >= target) {
            return MALFORMED; // as tcp_gso_segment: the checksum does not begin at a transport header
        }
        return switch (protocol) {
            case IPIP -> ipv4(at);
            case IPV6_IN_IP -> ipv6(at);
            case GRE -> gre(at);
            case MPLS_IN_IP -> mpls(at);
            case UDP -> udpTunnel(at);
            default -> UNSUPPORTED;
        };
    }

    /** RFC 2890; version 1 (PPTP), routing and sequence numbers are not for segments to repeat. */
    private int gre(int at) {
        if (!has(at, 4)) {
            return MALFORMED;
        }
        int flags = u16(at);
        if ((flags & ~0xa000) != 0) {
            return UNSUPPORTED;
        }
        boolean hasChecksum = (flags & 0x8000) != 0;
        int end = at + 4 + (hasChecksum ? 4 : 0) + ((flags & 0x2000) != 0 ? 4 : 0);
        if (end > bytes) {
            return MALFORMED;
        }
        int result = hasChecksum ? add(GRE_CHECKSUM, at) : 0;
        return result == 0 ? network(u16(at + 2), end) : result;
    }

    private int udpTunnel(int at) {
        if (!has(at, UDP_BYTES + 8)) {
            return MALFORMED;
        }
        int result = add(UDP_TUNNEL, at);
        if (result != 0) {
            return result;
        }
        int inside = at + UDP_BYTES;
        int depth = layers;
        int jumbo = jumboOffset;
        result = vxlan(inside);
        for (int kind = 0; result != 0 && kind < 3; kind++) {
            layers = depth;
            jumboOffset = jumbo;
            result = kind == 0 ? geneve(inside) : kind == 1 ? ip(inside) : gue(inside);
        }
        return result;
    }

    /** RFC 7348; bits of the first byte are also of its extensions (group policy, GPE without a protocol). */
    private int vxlan(int at) {
        return (u8(at) & 0x08) != 0 ? ethernet(at + 8) : UNSUPPORTED;
    }

    /** RFC 8926. */
    private int geneve(int at) {
        int end = at + 8 + (u8(at) & 0x3f) * 4;
        return u8(at) >>> 6 == 0 && end <= bytes ? network(u16(at + 2), end) : UNSUPPORTED;
    }

    /** draft-ietf-intarea-gue, version 0, data; a transport header needs an IP header of its own. */
    private int gue(int at) {
        int end = at + 4 + (u8(at) & 0x1f) * 4;
        int protocol = u8(at + 1);
        boolean isData = u8(at) >>> 5 == 0 && (protocol == IPIP || protocol == IPV6_IN_IP || protocol == GRE);
        return isData && end <= bytes ? protocol(protocol, end) : UNSUPPORTED;
    }
}
