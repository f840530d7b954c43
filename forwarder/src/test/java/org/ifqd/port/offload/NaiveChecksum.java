package org.ifqd.port.offload;

/**
 * The internet checksum byte by byte, as slow and as plain as RFC 1071 describes it: what the fast one is compared
 * with.
 */
final class NaiveChecksum {
    private NaiveChecksum() {}

    static int of(byte[] bytes) {
        return ~sum(bytes, 0, bytes.length, 0) & 0xffff;
    }

    /** Adds a range to a sum; the result has 16 bits. */
    static int sum(byte[] bytes, int from, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            int octet = bytes[from + i] & 0xff;
            sum += i % 2 == 0 ? octet << 8 : octet;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
