package org.ifqd.port.offload;

import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Finds checksums that a sender has left to offloads where nothing says so: XDP shows a frame of a veth, tun or virtio
 * interface before the kernel has finished it, and has no words for that (CHECKSUM_PARTIAL is lost at the redirect).
 *
 * <p>Such a field holds the folded sum of the pseudo header, not complemented. By chance a finished one may hold the
 * same, so the whole sum decides: if it is right, the checksum is left alone. TCP and UDP over IPv4 and IPv6, under any
 * tags, and inside of one tunnel; no fragments, and outside of tunnels no IPv6 extension headers.
 *
 * <p><b>Threading:</b> one thread; allocates nothing after its construction. <b>Source:</b> __tcp_v4_send_check,
 * net/ipv4/tcp_ipv4.c.
 */
public final class SilentChecksum {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int MPLS = 0x8847;
    private static final int PPPOE = 0x8864;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;
    private static final int TCP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int FRAGMENT = 0x3fff; // offset and "more follow"

    /** Headers of UDP, of a tunnel, and of IP and UDP in it: a shorter datagram is no tunnel. */
    private static final int LEAST_TUNNEL_BYTES = 8 + 8 + 20 + 8;

    private final Headers headers = new Headers();

    /**
     * Says in the vnet header in front of a frame that its checksum is to be finished, if that is so.
     *
     * @param frame address of the Ethernet header; its vnet header is all zero
     */
    public void describe(long frame, int bytes) {
        int at = 12;
        int type = bytes < 14 ? 0 : Memory.getShortBigEndian(frame + at);
        while ((type == VLAN || type == SERVICE_VLAN) && at + 6 <= bytes) {
            at += 4;
            type = Memory.getShortBigEndian(frame + at);
        }
        int ip = at + 2;
        if (type == IPV4) {
            describeIpv4(frame, ip, bytes);
        } else if (type == IPV6) {
            describeIpv6(frame, ip, bytes);
        } else if (type == PPPOE || type == MPLS) {
            describeInner(frame, bytes, Headers.ANY);
        }
    }

    private void describeIpv4(long frame, int ip, int bytes) {
        if (bytes < ip + IPV4_BYTES) {
            return;
        }
        int headerBytes = (Memory.getByte(frame + ip) & 0x0f) * 4;
        int transport = ip + headerBytes;
        int transportBytes = Memory.getShortBigEndian(frame + ip + 2) - headerBytes;
        boolean isFragment = (Memory.getShortBigEndian(frame + ip + 6) & FRAGMENT) != 0;
        if (headerBytes >= IPV4_BYTES && !isFragment && transportBytes <= bytes - transport) {
            int protocol = Memory.getByte(frame + ip + 9);
            describe(frame, bytes, transport, transportBytes, protocol, InternetChecksum.sum(frame + ip + 12, 8));
        }
    }

    private void describeIpv6(long frame, int ip, int bytes) {
        int transport = ip + IPV6_BYTES;
        if (bytes < transport) {
            return;
        }
        int transportBytes = Memory.getShortBigEndian(frame + ip + 4);
        if (transportBytes <= bytes - transport) {
            int protocol = Memory.getByte(frame + ip + 6);
            describe(frame, bytes, transport, transportBytes, protocol, InternetChecksum.sum(frame + ip + 8, 32));
        }
    }

    private void describe(long frame, int bytes, int transport, int transportBytes, int protocol, long addresses) {
        if (protocol != TCP && protocol != UDP) {
            describeInner(frame, bytes, Headers.ANY);
            return;
        }
        if (transportBytes < (protocol == TCP ? TCP_BYTES : UDP_BYTES)) {
            return;
        }
        long pseudo = addresses + InternetChecksum.ofShort(protocol) + InternetChecksum.ofShort(transportBytes);
        if (isLeft(frame, transport, transportBytes, field(protocol), pseudo)) {
            VnetHeader.needChecksum(frame - VnetHeader.BYTES, transport, field(protocol));
        } else if (protocol == UDP && transportBytes >= LEAST_TUNNEL_BYTES) {
            describeInner(frame, bytes, Headers.TUNNELLED);
        }
    }

    /** The transport header inside of a tunnel, to the end of the frame; the outer checksum is right with it (LCO). */
    private void describeInner(long frame, int bytes, int target) {
        if (headers.find(frame, bytes, target) != 0
                || headers.transportProtocol != TCP && headers.transportProtocol != UDP) {
            return;
        }
        int transport = headers.transportOffset;
        int transportBytes = bytes - transport;
        int field = field(headers.transportProtocol);
        boolean isWhole = transportBytes >= (headers.transportProtocol == TCP ? TCP_BYTES : UDP_BYTES);
        if (isWhole
                && isLeft(
                        frame,
                        transport,
                        transportBytes,
                        field,
                        headers.pseudoSum() + InternetChecksum.ofShort(transportBytes))) {
            VnetHeader.needChecksum(frame - VnetHeader.BYTES, transport, field);
        }
    }

    private static int field(int protocol) {
        return protocol == TCP ? TCP_FIELD : UDP_FIELD;
    }

    /** Whether the field holds the pseudo header's sum, and is not the right checksum by chance. */
    private static boolean isLeft(long frame, int transport, int transportBytes, int field, long pseudo) {
        int folded = ~InternetChecksum.finish(pseudo) & 0xffff;
        return (Memory.getShort(frame + transport + field) & 0xffff) == folded
                && InternetChecksum.finish(pseudo + InternetChecksum.sum(frame + transport, transportBytes)) != 0;
    }
}
