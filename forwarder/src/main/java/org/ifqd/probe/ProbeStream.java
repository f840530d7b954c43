package org.ifqd.probe;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The properties that all frames of one direction share, and by which they are known again.
 *
 * @param id 0 to 0x7fff, or with {@link #WARM_UP} set
 * @param sourceMac the first byte on the wire highest
 * @param destinationMac as {@code sourceMac}
 * @param tags outermost first
 * @param back whether it is the second direction of a run, whose IP networks are exchanged
 */
record ProbeStream(int id, long sourceMac, long destinationMac, List<VlanTag> tags, boolean back) {
    static final int LARGEST_ID = 0x7fff;
    static final int WARM_UP = 0x8000;

    // RFC 2544, C.2.2: 198.18.0.0/15 for benchmarks, one half for each side
    private static final int NEAR_NET = 198 << 24 | 18 << 16;
    private static final int FAR_NET = 198 << 24 | 19 << 16;

    /**
     * The first direction, with locally administered addresses that carry the id, unless others are given (0 is none).
     */
    static ProbeStream of(int id, long sourceMac, long destinationMac, List<VlanTag> tags) {
        return new ProbeStream(
                id,
                sourceMac != 0 ? sourceMac : address(id, 1),
                destinationMac != 0 ? destinationMac : address(id, 2),
                tags,
                false);
    }

    private static long address(int id, int end) {
        return 0x02_1f_9d_00_00_00L | (long) id << 8 | end;
    }

    /** The direction back. */
    ProbeStream reversed() {
        return new ProbeStream(id, destinationMac, sourceMac, tags, !back);
    }

    ProbeStream warmUp() {
        return new ProbeStream(id | WARM_UP, sourceMac, destinationMac, tags, back);
    }

    /** The upper 16 bits of the source addresses; the flow is in the lower. */
    int sourceNet() {
        return back ? FAR_NET : NEAR_NET;
    }

    int destinationIp() {
        return (back ? NEAR_NET : FAR_NET) | 1;
    }

    /** Where the IP header begins. */
    int ipOffset() {
        return ProbeFrame.ETHERNET_BYTES + tags.size() * VlanTag.BYTES;
    }

    /** Bytes of the smallest frame that holds the probe header. */
    int smallestFrame() {
        return ipOffset() + ProbeFrame.PAYLOAD;
    }

    /** Writes addresses, tags and ethertype. */
    void putEthernet(ByteBuffer frame) {
        putMac(frame, 0, destinationMac);
        putMac(frame, 6, sourceMac);
        int at = ProbeFrame.ADDRESSES_BYTES;
        for (VlanTag tag : tags) {
            frame.putShort(at, (short) tag.tpid());
            frame.putShort(at + 2, (short) tag.tci());
            at += VlanTag.BYTES;
        }
        frame.putShort(at, (short) ProbeFrame.ETHERTYPE_IPV4);
    }

    private static void putMac(ByteBuffer frame, int at, long mac) {
        frame.putShort(at, (short) (mac >>> 32));
        frame.putInt(at + 2, (int) mac);
    }
}
