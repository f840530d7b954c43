package org.ifqd.probe;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Where things are in a probe's frame; offsets from {@code IP} on are from the IP header. See the package's essay. */
final class ProbeFrame {
    static final int ADDRESSES_BYTES = 12;
    static final int ETHERNET_BYTES = 14;
    static final int ETHERTYPE_IPV4 = 0x0800;

    static final int IP_LENGTH = 2;
    static final int IP_CHECKSUM = 10;
    static final int IP_SOURCE = 12;
    static final int IP_DESTINATION = 16;
    static final int UDP = 20;
    static final int UDP_LENGTH = UDP + 4;
    static final int STREAM = 28;
    static final int FLOW = 30;
    static final int SEQUENCE = 32;
    static final int TIME = 36;
    static final int CRC = 42;
    static final int PAYLOAD = 46;

    private static final int TIME_BITS = 48;

    private ProbeFrame() {}

    static void putTime(ByteBuffer frame, int ip, long timeNs) {
        frame.putShort(ip + TIME, (short) (timeNs >>> 32));
        frame.putInt(ip + TIME + 2, (int) timeNs);
    }

    /** Nanoseconds from the time in the frame to {@code thenNs}; negative if a clock was set back in between. */
    static long ageNs(ByteBuffer frame, int ip, long thenNs) {
        long sent = (frame.getShort(ip + TIME) & 0xffffL) << 32 | frame.getInt(ip + TIME + 2) & 0xffff_ffffL;
        return thenNs - sent << 64 - TIME_BITS >> 64 - TIME_BITS;
    }

    /** Over all bytes but the CRC's own. Moves the buffer's position and limit. */
    static int crc(CRC32C crc, ByteBuffer frame, int ip, int bytes) {
        crc.reset();
        frame.limit(ip + CRC).position(0);
        crc.update(frame);
        frame.limit(bytes).position(ip + PAYLOAD);
        crc.update(frame);
        frame.clear();
        return (int) crc.getValue();
    }
}
