package org.ifqd.port.offload;

import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * Cuts a GSO frame into the frames that a network card with TSO or USO would have sent: TCP over IPv4 and IPv6, UDP
 * datagrams of one flow (not the legacy UFO), in whatever {@link Headers} understands, and beyond 64 KiB (BIG TCP).
 *
 * <p>{@link #begin} looks at a GSO frame and answers how many segments it gives; each {@link #next} writes one. Between
 * two calls any time may pass, for example until a ring has room again. The GSO frame is only read, and has to stay
 * where it is until the last segment is written.
 *
 * <p>All checksums are computed from scratch, because what the GSO frame has in its checksum fields depends on who made
 * it.
 *
 * <p><b>Size:</b> the longest segment has {@link #longestSegment} bytes. Where that is more than the egress can send,
 * the GSO frame is to be dropped and counted (tooBig). Cutting it smaller would be to change what the sender chose: the
 * same packets one by one would have been dropped, and a bridge that treats the two differently hides a wrong MTU until
 * offloads are switched off.
 *
 * <p><b>Threading:</b> one thread; one object a transmitter. Allocates nothing after its construction.
 */
public final class Segmenter {
    /** Lengths do not fit in the frame, or into the headers of a segment. */
    public static final int MALFORMED = Headers.MALFORMED;

    /** Of a kind that is not cut here: UFO, IPv6 fragments, source routes, unknown or contradicting headers. */
    public static final int UNSUPPORTED = Headers.UNSUPPORTED;

    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;
    private static final int DF = 0x40;

    private final GsoFrame superframe = new GsoFrame();
    private int segments;
    private int written;

    /**
     * Begins a GSO frame; what was left of the one before is forgotten.
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

    /**
     * Whether the kernel's send can be given the GSO frame as it is, and cuts it right. After a {@link #begin} that
     * answered a number.
     */
    public boolean canBeSentWhole() {
        return superframe.isPlain();
    }

    /**
     * Bytes of the longest segment, Ethernet header and tags included. After a {@link #begin} that answered a number.
     */
    public int longestSegment() {
        return superframe.headerBytes + Math.min(superframe.gsoSize, superframe.payloadBytes());
    }

    /** Forgets the GSO frame: nothing of it remains to be written. */
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
     *     #longestSegment} behind; not inside of the GSO frame
     * @return its length, or 0 when none is left
     */
    public int next(long to) {
        if (written == segments) {
            return 0;
        }
        GsoFrame from = superframe;
        if (written == 0) {
            from.prepare();
        }
        int skipped = written * from.gsoSize;
        int payload = Math.min(from.gsoSize, from.payloadBytes() - skipped);
        int bytes = from.headerBytes + payload;
        VnetHeader.clear(to - VnetHeader.BYTES);
        Memory.copy(from.template, to, from.headerBytes);
        Memory.copy(from.payload(skipped), to + from.headerBytes, payload);
        long transport = to + from.transportOffset;
        int length = bytes - from.transportOffset;
        if (from.tcp) {
            tcp(transport, length, skipped);
        } else {
            udp(transport, length);
        }
        for (int layer = from.headers.layers() - 1; layer >= 0; layer--) { // outer checksums cover inner headers
            layer(layer, to, bytes);
        }
        written++;
        return bytes;
    }

    private void layer(int layer, long to, int bytes) {
        int offset = superframe.offset(layer);
        long at = to + offset;
        int length = bytes - offset;
        switch (superframe.headers.kind(layer)) {
            case Headers.IPV4 -> ipv4(at, length);
            case Headers.IPV6 -> Memory.putShortBigEndian(at + 4, length - Headers.IPV6_BYTES);
            case Headers.UDP_TUNNEL -> udpTunnel(layer, to, offset, length);
            case Headers.GRE_CHECKSUM -> {
                Memory.putShort(at + 4, 0);
                Memory.putShort(at + 4, InternetChecksum.finish(sumFrom(to, offset, length)));
            }
            case Headers.PPPOE -> Memory.putShortBigEndian(at + 4, length - 6);
            default -> Memory.putShortBigEndian(at, length - 2); // IEEE_802_3
        }
    }

    /**
     * Identifications count up from the GSO frame's, as in inet_gso_segment (net/ipv4/af_inet.c). With DF and 0 they
     * say nothing (RFC 6864) and stay 0: a flow that was sent so and merged has SKB_GSO_TCP_FIXEDID, which the vnet
     * header cannot say.
     */
    private void ipv4(long ip, int bytes) {
        int id = Memory.getShortBigEndian(ip + 4);
        boolean isAtomic = id == 0 && (Memory.getByte(ip + 6) & DF) != 0;
        Memory.putShortBigEndian(ip + 2, bytes);
        Memory.putShortBigEndian(ip + 4, isAtomic ? 0 : id + written);
        Memory.putShort(ip + 10, 0);
        Memory.putShort(ip + 10, InternetChecksum.finish(InternetChecksum.sum(ip, (Memory.getByte(ip) & 0x0f) * 4)));
    }

    /** RFC 768; a tunnel that has no checksum keeps none (RFC 6935). */
    private void udpTunnel(int layer, long to, int offset, int length) {
        long udp = to + offset;
        Memory.putShortBigEndian(udp + 4, length);
        if (Memory.getShort(udp + 6) != 0) {
            Memory.putShort(udp + 6, 0);
            long pseudo = pseudoSum(to, superframe.offset(layer - 1), superframe.headers.kind(layer - 1));
            long sum = pseudo + InternetChecksum.ofShort(length) + sumFrom(to, offset, length);
            Memory.putShort(udp + 6, InternetChecksum.finishNonZero(sum));
        }
    }

    private static long pseudoSum(long to, int ip, int kind) {
        long addresses =
                kind == Headers.IPV4 ? InternetChecksum.sum(to + ip + 12, 8) : InternetChecksum.sum(to + ip + 8, 32);
        return addresses + InternetChecksum.ofShort(Headers.UDP);
    }

    /**
     * Sum from a header to the end of the segment. The inner transport checksum is finished: with its pseudo header all
     * from there on adds up to nothing, so the payload need not be read again
     * (Documentation/networking/checksum-offloads.rst, LCO).
     */
    private long sumFrom(long to, int offset, int length) {
        if (superframe.noChecksum) {
            return InternetChecksum.sum(to + offset, length);
        }
        int transport = length - (superframe.transportOffset - offset);
        long pseudo = superframe.pseudoSum + InternetChecksum.ofShort(transport);
        return InternetChecksum.sum(to + offset, superframe.transportOffset - offset) + InternetChecksum.finish(pseudo);
    }

    /**
     * The data ends with the last segment, so FIN and PSH are its own; the answer to a congestion signal is to be given
     * once, so CWR is the first one's (RFC 3168, 6.1.2), but not where it is part of a counter (AccECN). As in
     * tcp_gso_segment (net/ipv4/tcp_offload.c).
     */
    private void tcp(long tcp, int bytes, int skipped) {
        Memory.putIntBigEndian(tcp + 4, Memory.getIntBigEndian(tcp + 4) + skipped);
        int cleared = (written + 1 < segments ? FIN_PSH : 0) | (written > 0 && superframe.cwrOnce ? CWR : 0);
        Memory.putByte(tcp + 13, (byte) (Memory.getByte(tcp + 13) & ~cleared));
        Memory.putShort(tcp + 16, 0);
        Memory.putShort(tcp + 16, InternetChecksum.finish(transportSum(tcp, bytes)));
    }

    private void udp(long udp, int bytes) {
        Memory.putShortBigEndian(udp + 4, bytes);
        if (!superframe.noChecksum) {
            Memory.putShort(udp + 6, 0);
            Memory.putShort(udp + 6, InternetChecksum.finishNonZero(transportSum(udp, bytes)));
        }
    }

    private long transportSum(long transport, int bytes) {
        return superframe.pseudoSum + InternetChecksum.ofShort(bytes) + InternetChecksum.sum(transport, bytes);
    }
}
