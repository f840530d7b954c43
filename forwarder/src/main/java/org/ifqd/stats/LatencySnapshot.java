package org.ifqd.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A {@link LatencyHistogram} at one moment. Buckets, sum and maximum are read one after the other, so the last two may
 * be a few frames ahead.
 */
public final class LatencySnapshot {
    /** Nothing recorded. */
    public static final LatencySnapshot NONE = new LatencyHistogram().snapshot();

    private final long[] counts;
    private final long frames;
    private final double sumNs;
    private final long maxNs;

    LatencySnapshot(long[] counts, double sumNs, long maxNs) {
        this.counts = counts;
        this.frames = Arrays.stream(counts).sum();
        this.sumNs = sumNs;
        this.maxNs = maxNs;
    }

    /** Frames that were recorded. */
    public long frames() {
        return frames;
    }

    /** Their latencies, summed up. */
    public double sumNs() {
        return sumNs;
    }

    /** The longest, exact. */
    public long maxNs() {
        return maxNs;
    }

    /** The average, 0 without frames. */
    public long meanNs() {
        return frames == 0 ? 0 : (long) (sumNs / frames);
    }

    /**
     * The time that this share of all frames did not exceed: the upper edge of the bucket in which the quantile is.
     *
     * @param quantile 0 to 1, for example 0.99
     * @return nanoseconds, 0 without frames
     */
    public long quantileNs(double quantile) {
        long rank = Math.max(1, (long) Math.ceil(quantile * frames));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Math.min(upperEdgeNs(i), maxNs);
            }
        }
        return 0;
    }

    /** The buckets that are not empty: upper edge in nanoseconds, frames in it. */
    public List<long[]> buckets() {
        List<long[]> buckets = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                buckets.add(new long[] {upperEdgeNs(i), counts[i]});
            }
        }
        return buckets;
    }

    /** How many frames took less than so many microseconds, a power of two from 2^0 to 2^26. */
    public long framesBelowMicros(int powerOfTwo) {
        int end = LatencyHistogram.bucket(1000L << powerOfTwo);
        long sum = 0;
        for (int i = 0; i < end; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** Both together. */
    public LatencySnapshot plus(LatencySnapshot other) {
        long[] sums = counts.clone();
        Arrays.setAll(sums, i -> sums[i] + other.counts[i]);
        return new LatencySnapshot(sums, sumNs + other.sumNs, Math.max(maxNs, other.maxNs));
    }

    private static long upperEdgeNs(int bucket) {
        int sub = 1 << LatencyHistogram.SUB_BITS;
        int exponent = Math.max(0, (bucket >> LatencyHistogram.SUB_BITS) - 1);
        long units = (long) (bucket - exponent * sub + 1) << exponent;
        return units * 125 / 128;
    }
}
