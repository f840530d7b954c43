package org.ifqd.port.offload;

import java.nio.ByteBuffer;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;

/**
 * A GSO frame that is about to be cut: what its vnet header and its headers say, found anew in every frame. Of the vnet
 * header kind, segment size, and where a checksum is left to finish are believed; {@code hdr_len} is a hint (virtio
 * 1.2, section 5.1.6.2).
 *
 * <p>As in the kernel the frame's own length counts, not the length in its IP header, which may be 0 in a frame that
 * was merged beyond 64 KiB (BIG TCP).
 *
 * <p><b>Invariant:</b> after a {@link #parse} that answered a count, every offset lies inside of the frame.
 */
final class GsoFrame {
    /** Headers of all segments together are no longer; a real frame's are below 200 bytes. */
    static final int MOST_HEADER_BYTES = 1024;

    private static final int JUMBO_BYTES = 8;
    private static final int TCP_BYTES = 20;
    private static final int LONGEST_IP = 0xffff;

    /** TCP_MIN_GSO_SIZE in include/net/tcp.h: no sender has less, so less can only be meant to make us work. */
    private static final int LEAST_TCP_SEGMENT = 8;

    /** UDP_MAX_SEGMENTS in include/linux/udp.h. */
    private static final int MOST_UDP_SEGMENTS = 128;

    final Headers headers = new Headers();

    private final ByteBuffer memory = ByteBuffer.allocateDirect(MOST_HEADER_BYTES);

    /** Address of the headers that each segment begins with: the frame's own, without a jumbo payload length. */
    final long template = Memory.addressOf(memory);

    int headerBytes;
    int gsoSize;
    boolean tcp;

    /** The congestion window reduced flag is of the first segment only: SKB_GSO_TCP_ECN, not SKB_GSO_TCP_ACCECN. */
    boolean cwrOnce;

    /** A UDP header without a checksum: its segments have none either. */
    boolean noChecksum;

    /** Of the transport header in {@link #template}. */
    int transportOffset;

    /** Partial checksum of the pseudo header without its length. */
    long pseudoSum;

    private long frame;
    private int bytes;
    private int headersInFrame;
    private boolean hasVnetChecksum;

    /** How many segments it gives, or {@link Headers#MALFORMED} or {@link Headers#UNSUPPORTED}. */
    int parse(long address, int length) {
        frame = address;
        bytes = length;
        long vnet = address - VnetHeader.BYTES;
        hasVnetChecksum = VnetHeader.needsChecksum(vnet);
        int kind = VnetHeader.gsoKind(vnet);
        tcp = kind == VnetHeader.GSO_TCPV4 || kind == VnetHeader.GSO_TCPV6;
        if (!tcp && kind != VnetHeader.GSO_UDP_L4) {
            return Headers.UNSUPPORTED;
        }
        cwrOnce = VnetHeader.isEcn(vnet);
        int result = headers.find(address, length, hasVnetChecksum ? VnetHeader.checksumStart(vnet) : Headers.ANY);
        if (result == 0) {
            result = transport(vnet, kind);
        }
        if (result == 0) {
            result = count();
        }
        return result;
    }

    private int transport(long vnet, int kind) {
        boolean isV4 = headers.kind(headers.layers() - 1) == Headers.IPV4;
        boolean fits = headers.transportProtocol == (tcp ? Headers.TCP : Headers.UDP)
                && (!tcp || isV4 == (kind == VnetHeader.GSO_TCPV4));
        if (!fits) {
            return Headers.UNSUPPORTED;
        }
        int at = headers.transportOffset;
        int fixedBytes = tcp ? TCP_BYTES : Headers.UDP_BYTES;
        if (at + fixedBytes > bytes) {
            return Headers.MALFORMED;
        }
        int transportBytes = tcp ? (Memory.getByte(frame + at + 12) >>> 4 & 0x0f) * 4 : Headers.UDP_BYTES;
        headersInFrame = at + transportBytes;
        if (transportBytes < fixedBytes || headersInFrame > bytes) {
            return Headers.MALFORMED;
        }
        noChecksum = !tcp && !hasVnetChecksum && Memory.getShort(frame + at + 6) == 0;
        gsoSize = VnetHeader.gsoSize(vnet);
        return headersInFrame > MOST_HEADER_BYTES ? Headers.UNSUPPORTED : 0;
    }

    private int count() {
        int removed = headers.jumboOffset < 0 ? 0 : JUMBO_BYTES;
        headerBytes = headersInFrame - removed;
        transportOffset = headers.transportOffset - removed;
        int payload = payloadBytes();
        int lengthField = headerBytes + Math.min(gsoSize, payload) - offset(0);
        if (gsoSize == 0 || lengthField > LONGEST_IP) {
            return Headers.MALFORMED;
        }
        if (payload <= gsoSize) {
            return 1; // the kernel too takes such a frame for a plain one (virtio_net_hdr_to_skb)
        }
        int segments = (payload - 1) / gsoSize + 1;
        boolean absurd = tcp ? gsoSize < LEAST_TCP_SEGMENT : segments > MOST_UDP_SEGMENTS;
        return absurd ? Headers.MALFORMED : segments;
    }

    /** Where a layer's header is in {@link #template}. */
    int offset(int layer) {
        int at = headers.offset(layer);
        return headers.jumboOffset >= 0 && at > headers.jumboOffset ? at - JUMBO_BYTES : at;
    }

    /** Makes {@link #template}; after a parse that answered a count. */
    void prepare() {
        pseudoSum = headers.pseudoSum();
        int jumbo = headers.jumboOffset;
        if (jumbo < 0) {
            Memory.copy(frame, template, headersInFrame);
            return;
        }
        Memory.copy(frame, template, jumbo);
        Memory.copy(frame + jumbo + JUMBO_BYTES, template + jumbo, headersInFrame - jumbo - (long) JUMBO_BYTES);
        Memory.putByte(template + jumbo - Headers.IPV6_BYTES + 6, Memory.getByte(frame + jumbo)); // next header
    }

    int payloadBytes() {
        return bytes - headersInFrame;
    }

    /** Address of the payload from this byte on. */
    long payload(int skipped) {
        return frame + headersInFrame + skipped;
    }

    /** One layer of IP right behind Ethernet and tags, as the kernel's send can describe it (virtio_net_hdr_to_skb). */
    boolean isPlain() {
        return hasVnetChecksum && headers.layers() == 1 && !headers.hasLabels && headers.jumboOffset < 0;
    }
}
