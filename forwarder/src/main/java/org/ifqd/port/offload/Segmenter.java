package org.ifqd.port.offload;

import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Cuts a superframe into the frames that a network card with TSO or USO would have sent: TCP over IPv4 and IPv6, UDP
 * datagrams of one flow (not the legacy UFO), with up to two VLAN tags, IP options and extension headers.
 *
 * <p>{@link #begin} looks at a superframe and answers how many segments it gives; each {@link #next} writes one. Between two
 * calls any time may pass, for example until a ring has room again. The superframe is only read, and has to stay where it is
 * until the last segment is written.
 *
 * <p>All checksums are computed from scratch, because what the superframe has in its checksum fields depends on who made it.
 *
 * <p><b>Size:</b> the longest segment has {@link #longestSegment} bytes. Where that is more than the egress can send, the
 * superframe is to be dropped and counted (tooBig). Cutting it smaller would be to change what the sender chose: the same
 * packets one by one would have been dropped, and a bridge that treats the two differently hides a wrong MTU until offloads
 * are switched off.
 *
 * <p><b>Threading:</b> one thread; one object a transmitter. Allocates nothing after its construction.
 */
public final class Segmenter {
    /** Lengths do not fit in the frame, or into the headers of a segment. */
    public static final int MALFORMED = -1;

    /** Of a kind that is not cut here: a tunnel, UFO, IPv6 fragments, source routes, unknown or contradicting headers. */
    public static final int UNSUPPORTED = -2;

    private static final int IPV6_BYTES = 40;
    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    private final Superframe superframe = new Superframe();
    private int segments;
    private int written;

    /**
     * Begins a superframe; what was left of the one before is forgotten.
     *
     * @param frame address of the Ethernet header; its vnet header lies directly in front
     * @param bytes length of the frame
     * @return the number of segments, at least 1, or {@link #MALFORMED} or {@link #UNSUPPORTED}
     */
    public int begin(long frame, int bytes) {
        int result = superframe.parse(frame, bytes);
        segments = Math.max(result, 0);
        written = 0;
        return result;
    }

    /** Bytes of the longest segment, Ethernet header and tags included. After a {@link #begin} that answered a number. */
    public int longestSegment() {
        return superframe.headerBytes + Math.min(superframe.gsoSize, superframe.payloadBytes());
    }

    /** Forgets the superframe: nothing of it remains to be written. */
    public void cancel() {
        segments = 0;
        written = 0;
    }

    /** Segments that are still to be written. */
    public int remaining() {
        return segments - written;
    }

    /**
     * Writes the next segment, complete with checksums, and in front of it a vnet header that asks for nothing.
     *
     * @param to where its Ethernet header begins, with room for {@link VnetHeader#BYTES} in front and for {@link
     *     #longestSegment} behind; not inside of the superframe
     * @return its length, or 0 when none is left
     */
    public int next(long to) {
        if (written == segments) {
            return 0;
        }
        Superframe from = superframe;
        int skipped = written * from.gsoSize;
        int payload = Math.min(from.gsoSize, from.payloadBytes() - skipped);
        VnetHeader.clear(to - VnetHeader.BYTES);
        if (skipped == 0) {
            Memory.copy(from.frame, to, (long) from.headerBytes + payload);
        } else {
            Memory.copy(from.frame, to, from.headerBytes);
            Memory.copy(from.frame + from.headerBytes + skipped, to + from.headerBytes, payload);
        }
        int bytes = from.headerBytes + payload;
        long ip = to + from.ipOffset;
        if (from.ipv6) {
            Memory.putShortBigEndian(ip + 4, bytes - from.ipOffset - IPV6_BYTES);
        } else {
            ipv4(ip, bytes - from.ipOffset);
        }
        long transport = to + from.transportOffset;
        if (from.tcp) {
            tcp(transport, bytes - from.transportOffset, skipped);
        } else {
            udp(transport, bytes - from.transportOffset);
        }
        written++;
        return bytes;
    }

    /** Identifications count up from the superframe's, DF or not, as in inet_gso_segment (net/ipv4/af_inet.c). */
    private void ipv4(long ip, int bytes) {
        Memory.putShortBigEndian(ip + 2, bytes);
        Memory.putShortBigEndian(ip + 4, Memory.getShortBigEndian(ip + 4) + written);
        Memory.putShort(ip + 10, 0);
        int headerBytes = superframe.transportOffset - superframe.ipOffset;
        Memory.putShort(ip + 10, InternetChecksum.finish(InternetChecksum.sum(ip, headerBytes)));
    }

    /**
     * The data ends with the last segment, so FIN and PSH are its own; the answer to a congestion signal is to be given once,
     * so CWR is the first one's (RFC 3168, 6.1.2). As in tcp_gso_segment (net/ipv4/tcp_offload.c).
     */
    private void tcp(long tcp, int bytes, int skipped) {
        Memory.putIntBigEndian(tcp + 4, Memory.getIntBigEndian(tcp + 4) + skipped);
        int cleared = (written + 1 < segments ? FIN_PSH : 0) | (written > 0 ? CWR : 0);
        Memory.putByte(tcp + 13, (byte) (Memory.getByte(tcp + 13) & ~cleared));
        Memory.putShort(tcp + 16, 0);
        Memory.putShort(tcp + 16, InternetChecksum.finish(transportSum(tcp, bytes)));
    }

    private void udp(long udp, int bytes) {
        Memory.putShortBigEndian(udp + 4, bytes);
        Memory.putShort(udp + 6, 0);
        Memory.putShort(udp + 6, InternetChecksum.finishNonZero(transportSum(udp, bytes)));
    }

    private long transportSum(long transport, int bytes) {
        return superframe.pseudoSum + InternetChecksum.ofShort(bytes) + InternetChecksum.sum(transport, bytes);
    }
}
