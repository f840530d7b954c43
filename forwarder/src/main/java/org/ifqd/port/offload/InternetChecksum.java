package org.ifqd.port.offload;

import java.nio.ByteOrder;
import org.ifqd.linux.Memory;

/**
 * The internet checksum of RFC 1071: the ones' complement sum of 16-bit words.
 *
 * <p>Words are read and stored in the machine's byte order: the sum of swapped words is the swapped sum (RFC 1071,
 * section 2 B), so no word has to be swapped. Partial sums are plain longs and may be added to each other; every part
 * but the last must have an even length.
 */
public final class InternetChecksum {
    private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private InternetChecksum() {}

    /**
     * The partial sum of a range: its 32-bit words, added up. Parallel summation as in RFC 1071, section 2 C; 32 bits
     * of headroom take the carries of 16 GiB, so there is none to handle in the loop.
     *
     * <p>The loop is as plain as it can be, because the JIT compiler then makes vector instructions of it.
     */
    public static long sum(long address, int bytes) {
        int longs = bytes >>> 3;
        long sum = 0;
        for (int i = 0; i < longs; i++) {
            long words = Memory.getLong(address + 8L * i);
            sum += (words & 0xffff_ffffL) + (words >>> 32);
        }
        return sum + sumTail(address + 8L * longs, bytes & 7);
    }

    /** Fewer than 8 bytes; an odd last one is the first of a word whose second byte is zero. */
    private static long sumTail(long address, int bytes) {
        long sum = 0;
        long at = address;
        if ((bytes & 4) != 0) {
            sum += Memory.getInt(at) & 0xffff_ffffL;
            at += 4;
        }
        if ((bytes & 2) != 0) {
            sum += Memory.getShort(at);
            at += 2;
        }
        if ((bytes & 1) != 0) {
            int last = Memory.getByte(at) & 0xff;
            sum += BIG_ENDIAN ? last << 8 : last;
        }
        return sum;
    }

    /** The share of a 16-bit number in a sum, when it stands in a header in network byte order. */
    public static long ofShort(int value) {
        return BIG_ENDIAN ? value : Short.reverseBytes((short) value) & 0xffff;
    }

    /** The checksum of a partial sum: folded to 16 bits and complemented, to be stored with {@link Memory#putShort}. */
    public static int finish(long sum) {
        long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
        folded = (folded >>> 16 & 0xffff) + (folded & 0xffff) + (folded >>> 32);
        folded = (folded >>> 16) + (folded & 0xffff);
        folded += folded >>> 16;
        return (int) ~folded & 0xffff;
    }

    /**
     * As {@link #finish}, for a protocol in which 0 says that there is no checksum: 0xffff stands for zero (RFC 768).
     * Both are zero in ones' complement, so whoever verifies the sum takes either.
     */
    public static int finishNonZero(long sum) {
        int checksum = finish(sum);
        return checksum == 0 ? 0xffff : checksum;
    }
}
