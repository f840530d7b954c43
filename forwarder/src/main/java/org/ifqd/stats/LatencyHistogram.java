package org.ifqd.stats;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often which latency occurred: log-linear buckets, 32 for each power of two (as HdrHistogram has them, so no value
 * is off by more than 3.2 %), from nothing to 67 seconds. The powers of two are those of a microsecond, so that 1, 2, 4
 * … µs are edges of buckets.
 *
 * <p><b>Threading:</b> one writer at a time; {@link #snapshot} from any thread. Stores are opaque, so nothing is torn,
 * and a reader that has synchronized with the writer sees all that it recorded before.
 *
 * <p><b>Allocation:</b> none after construction, but for {@link #snapshot}; 8 KiB in all.
 *
 * @see <a href="https://github.com/HdrHistogram/HdrHistogram">HdrHistogram</a>
 */
public final class LatencyHistogram {
    /** Buckets of one power of two, as a power of two. */
    static final int SUB_BITS = 5;

    /** The bucket of {@link #MOST_NS}, and how many there are. */
    static final int BUCKETS = 1024;

    /** A longer time counts as this: 2^26 µs. */
    static final long MOST_NS = (1L << 36) * 125 / 128 - 1;

    private static final int SUM = BUCKETS;
    private static final int MAX = BUCKETS + 1;

    /**
     * The carry of the sum: at a million frames a second that wait 100 ms each, 2^63 ns are full after 25 hours.
     */
    private static final int CARRIES = BUCKETS + 2;

    private static final int CARRY_BIT = 62;

    private final AtomicLongArray words = new AtomicLongArray(BUCKETS + 3);

    /** @param ns nanoseconds; below 0, which a clock that was set back brings about, counts as 0 */
    public void record(long ns) {
        record(ns, 1);
    }

    /**
     * The same latency of so many frames.
     *
     * @param frames at most 2^26, or the sum would overflow
     */
    public void record(long ns, int frames) {
        long bounded = Math.min(Math.max(ns, 0), MOST_NS);
        add(bucket(bounded), frames);
        long sum = words.getPlain(SUM) + bounded * frames;
        words.setOpaque(SUM, sum & (1L << CARRY_BIT) - 1);
        words.setOpaque(CARRIES, words.getPlain(CARRIES) + (sum >>> CARRY_BIT));
        words.setOpaque(MAX, Math.max(words.getPlain(MAX), bounded));
    }

    private void add(int word, long n) {
        words.setOpaque(word, words.getPlain(word) + n); // one writer
    }

    /** No branch: what the JIT has never seen taken it would have to compile again when it first is. */
    static int bucket(long ns) {
        long units = ns * 128 / 125; // 1/1024 µs
        int exponent = Math.max(0, Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(units));
        return (exponent << SUB_BITS) + (int) (units >> exponent);
    }

    /** The times recorded so far. */
    public LatencySnapshot snapshot() {
        long[] counts = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = words.getOpaque(i);
        }
        double sum = words.getOpaque(CARRIES) * 0x1p62 + words.getOpaque(SUM);
        return new LatencySnapshot(counts, sum, words.getOpaque(MAX));
    }
}
