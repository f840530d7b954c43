package org.ifqd.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static final double[] QUANTILES = {0, 0.01, 0.5, 0.9, 0.99, 0.999, 1};

    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void nothingIsZero() {
        LatencySnapshot none = histogram.snapshot();
        assertEquals(0, none.frames());
        assertEquals(0, none.meanNs());
        assertEquals(0, none.quantileNs(0.99));
        assertEquals(0, none.maxNs());
    }

    @Test
    void manyOfOneLatencyAreAsManyRecords() {
        LatencyHistogram oneByOne = new LatencyHistogram();
        for (int i = 0; i < 1000; i++) {
            oneByOne.record(123_456);
        }
        histogram.record(123_456, 1000);
        assertEquals(1000, histogram.snapshot().frames());
        assertEquals(oneByOne.snapshot().meanNs(), histogram.snapshot().meanNs());
        assertEquals(oneByOne.snapshot().quantileNs(0.5), histogram.snapshot().quantileNs(0.5));
        assertEquals(oneByOne.snapshot().maxNs(), histogram.snapshot().maxNs());
    }

    /** Against a histogram of another make, over all orders of magnitude. */
    @Test
    void quantilesAreThoseOfHdrHistogramWithinOneBucket() {
        Random random = new Random(1);
        Histogram reference = new Histogram(5);
        for (int i = 0; i < 200_000; i++) {
            long ns = (long) Math.exp(random.nextDouble() * 24);
            histogram.record(ns);
            reference.recordValue(ns);
        }
        LatencySnapshot snapshot = histogram.snapshot();
        assertEquals(reference.getTotalCount(), snapshot.frames());
        assertEquals(reference.getMaxValue(), snapshot.maxNs(), reference.getMaxValue() * 1e-4);
        assertEquals(reference.getMean(), snapshot.meanNs(), reference.getMean() * 1e-3);
        for (double q : QUANTILES) {
            double right = reference.getValueAtPercentile(q * 100);
            assertEquals(right, snapshot.quantileNs(q), right * 0.033 + 1, "quantile " + q);
        }
    }

    /** What Prometheus gets is exact: every edge of its buckets is one of ours. */
    @Test
    void countsBelowPowersOfTwoMicrosecondsAreExact() {
        for (int power = 0; power <= 26; power++) {
            long edge = 1000L << power;
            LatencyHistogram one = new LatencyHistogram();
            one.record(edge - 1);
            one.record(edge);
            assertEquals(1, one.snapshot().framesBelowMicros(power) - (power == 26 ? 1 : 0), "2^" + power + " µs");
        }
    }

    @Test
    void bucketsRiseAndEndWithTheLongest() {
        int before = 0;
        for (long ns = 0; ns < 100_000; ns++) {
            int bucket = LatencyHistogram.bucket(ns);
            int step = bucket - before;
            assertTrue(step == 0 || step == 1 || step == 2 && ns < 63, ns + " ns"); // 1 ns is a little more than a unit
            before = bucket;
        }
        assertEquals(LatencyHistogram.BUCKETS - 1, LatencyHistogram.bucket(LatencyHistogram.MOST_NS));
    }

    @Test
    void twoAreAddedUp() {
        LatencyHistogram other = new LatencyHistogram();
        histogram.record(1000);
        other.record(3000);
        other.record(9000);
        LatencySnapshot both = histogram.snapshot().plus(other.snapshot());
        assertEquals(3, both.frames());
        assertEquals(13_000, both.sumNs());
        assertEquals(9000, both.maxNs());
        assertEquals(1, both.framesBelowMicros(1));
    }

    @Test
    void aClockThatWasSetDoesNoHarm() {
        histogram.record(-5);
        histogram.record(Long.MIN_VALUE);
        histogram.record(Long.MAX_VALUE);
        LatencySnapshot snapshot = histogram.snapshot();
        assertEquals(3, snapshot.frames());
        assertEquals(0, snapshot.quantileNs(0.5));
        assertEquals(LatencyHistogram.MOST_NS, snapshot.maxNs());
        assertEquals(LatencyHistogram.MOST_NS, snapshot.quantileNs(1));
    }

    /** At a million frames a second that wait a second each, 2^63 ns are full after two and a half hours. */
    @Test
    void theSumDoesNotOverflow() {
        LatencyHistogram histogram = new LatencyHistogram();
        int frames = 200_000_000;
        for (int i = 0; i < frames; i++) {
            histogram.record(LatencyHistogram.MOST_NS);
        }
        LatencySnapshot snapshot = histogram.snapshot();
        assertEquals(LatencyHistogram.MOST_NS * (double) frames, snapshot.sumNs(), 1e12);
        assertEquals(LatencyHistogram.MOST_NS, snapshot.meanNs(), 1000);
    }
}
