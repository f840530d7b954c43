package org.ifqd.port.offload;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A GSO frame by its ingredients, and what its segments have to look like: built as a sender without offloads would
 * have built them, from the ingredients and not from the GSO frame.
 *
 * @param tags EtherTypes of the VLAN tags
 * @param optionWords length of the IPv4 options in units of 4 bytes
 * @param extensions IPv6 extension headers by number, {@link #SEGMENT_ROUTING} for a routing header with one segment
 *     left
 * @param tcpOptionWords length of the TCP options in units of 4 bytes
 * @param flags of TCP
 * @param id the first IPv4 identification
 * @param sequence the first TCP sequence number
 * @param payload its bytes
 * @param partial whether the vnet header says NEEDS_CSUM, and the field holds the pseudo header's sum
 * @param seed of addresses, ports and payload
 */
record Sample(
        List<Integer> tags,
        boolean ipv6,
        boolean tcp,
        int optionWords,
        List<Integer> extensions,
        int tcpOptionWords,
        int flags,
        int id,
        int sequence,
        int payload,
        int gsoSize,
        boolean partial,
        long seed) {
    static final int SEGMENT_ROUTING = 4300;

    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    int segments() {
        return Math.max(1, (payload + gsoSize - 1) / gsoSize);
    }

    int ipOffset() {
        return 14 + 4 * tags.size();
    }

    int transportOffset() {
        return ipOffset() + (ipv6 ? 40 : 20 + 4 * optionWords) + (ipv6 ? extensionBytes() : 0);
    }

    int headerBytes() {
        return transportOffset() + (tcp ? 20 + 4 * tcpOptionWords : 8);
    }

    private int extensionBytes() {
        return extensions.stream().mapToInt(Sample::extensionBytes).sum();
    }

    private static int extensionBytes(int type) {
        return type == SEGMENT_ROUTING ? 24 : 16;
    }

    /** All of it behind one header, the checksum not finished. */
    byte[] superframe() {
        return build(bytes(), id, sequence, flags, true);
    }

    /** @param data what {@link #bytes} answers */
    byte[] segment(int i, byte[] data) {
        int from = i * gsoSize;
        byte[] part = Arrays.copyOfRange(data, from, Math.min(from + gsoSize, payload));
        int cleared = (i + 1 < segments() ? FIN_PSH : 0) | (i > 0 ? CWR : 0);
        return build(part, id + i, sequence + from, flags & ~cleared, false);
    }

    byte[] bytes() {
        byte[] bytes = new byte[payload];
        new Random(seed + 1).nextBytes(bytes);
        return bytes;
    }

    private byte[] build(byte[] data, int ipId, int tcpSequence, int tcpFlags, boolean superframe) {
        byte[] frame = new byte[headerBytes() + data.length];
        ByteBuffer out = ByteBuffer.wrap(frame);
        Random random = new Random(seed);
        out.put(random(random, 12));
        frame[0] &= (byte) 0xfe; // no group address
        for (int type : tags) {
            out.putShort((short) type).putShort((short) random.nextInt());
        }
        out.putShort((short) (ipv6 ? 0x86dd : 0x0800));
        int ipBytes = frame.length - ipOffset();
        byte[] addresses = ipv6 ? ipv6(out, random, ipBytes) : ipv4(out, random, ipBytes, ipId);
        if (tcp) {
            out.put(random(random, 4)).putInt(tcpSequence).put(random(random, 4));
            out.put((byte) (5 + tcpOptionWords << 4)).put((byte) tcpFlags);
            out.put(random(random, 2)).putInt(0).put(random(random, 4 * tcpOptionWords));
        } else {
            out.put(random(random, 4)).putShort((short) (8 + data.length)).putShort((short) 0);
        }
        out.put(data);
        putChecksum(frame, addresses, superframe && partial);
        return frame;
    }

    private byte[] ipv4(ByteBuffer out, Random random, int bytes, int ipId) {
        int start = out.position();
        byte[] addresses = random(random, 8);
        out.put((byte) (0x45 + optionWords)).put((byte) random.nextInt()).putShort((short) bytes);
        out.putShort((short) ipId).putShort((short) (random.nextBoolean() ? 0x4000 : 0));
        out.put((byte) 64).put((byte) (tcp ? 6 : 17)).putShort((short) 0).put(addresses);
        if (optionWords > 0) { // one option, a time stamp
            out.put((byte) 68).put((byte) (4 * optionWords)).put(random(random, 4 * optionWords - 2));
        }
        int checksum = ~NaiveChecksum.sum(out.array(), start, 20 + 4 * optionWords, 0);
        out.putShort(start + 10, (short) checksum);
        return addresses;
    }

    /** Returns the addresses of the pseudo header: the destination is the last one of a route. */
    private byte[] ipv6(ByteBuffer out, Random random, int bytes) {
        byte[] addresses = random(random, 32);
        out.putInt(6 << 28 | random.nextInt(1 << 28)).putShort((short) (bytes - 40));
        out.put((byte) next(0)).put((byte) 64).put(addresses);
        for (int i = 0; i < extensions.size(); i++) {
            int type = extensions.get(i);
            out.put((byte) next(i + 1)).put((byte) (extensionBytes(type) / 8 - 1));
            if (type == SEGMENT_ROUTING) { // RFC 8754: type 4, one segment left of two, of which the last comes first
                byte[] last = random(random, 16);
                out.put(new byte[] {4, 1, 0, 0, 0, 0}).put(last);
                System.arraycopy(last, 0, addresses, 16, 16);
            } else if (type == 43) { // no segment left
                out.put(new byte[] {4, 0, 0, 0, 0, 0}).put(random(random, 8));
            } else { // PadN
                out.put(new byte[] {1, 12}).put(new byte[12]);
            }
        }
        return addresses;
    }

    private int next(int extension) {
        if (extension == extensions.size()) {
            return tcp ? 6 : 17;
        }
        int type = extensions.get(extension);
        return type == SEGMENT_ROUTING ? 43 : type;
    }

    private void putChecksum(byte[] frame, byte[] addresses, boolean onlyPseudoHeader) {
        int length = frame.length - transportOffset();
        int sum = NaiveChecksum.sum(addresses, 0, addresses.length, 0);
        byte[] rest = {0, (byte) (tcp ? 6 : 17), (byte) (length >>> 8), (byte) length};
        sum = NaiveChecksum.sum(rest, 0, 4, sum);
        if (!onlyPseudoHeader) {
            sum = ~NaiveChecksum.sum(frame, transportOffset(), length, sum) & 0xffff;
            sum = sum == 0 && !tcp ? 0xffff : sum;
        }
        ByteBuffer.wrap(frame).putShort(transportOffset() + (tcp ? 16 : 6), (short) sum);
    }

    /**
     * The whole payload in one segment, its checksum finished as skb_checksum_help does: a sum of zero is stored as
     * ones, TCP too (CSUM_MANGLED_0), where a sender would have stored zero.
     */
    byte[] finished() {
        byte[] frame = segment(0, bytes());
        int field = transportOffset() + (tcp ? 16 : 6);
        if (partial && frame[field] == 0 && frame[field + 1] == 0) {
            frame[field] = (byte) 0xff;
            frame[field + 1] = (byte) 0xff;
        }
        return frame;
    }

    private static byte[] random(Random random, int bytes) {
        byte[] some = new byte[bytes];
        random.nextBytes(some);
        return some;
    }

    /** The virtio_net_hdr, in the machine's byte order. */
    byte[] vnet() {
        int kind = (tcp ? ipv6 ? 4 : 1 : 5) | (tcp && (flags & CWR) != 0 ? 0x80 : 0);
        ByteBuffer out = ByteBuffer.allocate(10).order(java.nio.ByteOrder.nativeOrder());
        out.put((byte) (partial ? 1 : 0)).put((byte) kind).putShort((short) headerBytes());
        out.putShort((short) gsoSize);
        out.putShort((short) (partial ? transportOffset() : 0)).putShort((short) (partial ? tcp ? 16 : 6 : 0));
        return out.array();
    }
}
