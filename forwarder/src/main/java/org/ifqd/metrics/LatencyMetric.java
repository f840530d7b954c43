package org.ifqd.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.stats.LatencySnapshot;

/**
 * The latency histograms of all ports, in the buckets of Prometheus: 1, 2, 4 … µs up to 1 s, which are edges of the
 * finer buckets that ifqd counts in, so no frame is on the wrong side of an {@code le}.
 */
final class LatencyMetric {
    private static final int POWERS_OF_TWO = 21; // 2^20 µs is a second

    private LatencyMetric() {}

    static HistogramSnapshot of(List<PortSnapshot> ports) {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("ifqd_port_forwarding_latency_seconds")
                .help("Time from the kernel's receive stamp to the transmit call, of the frames sent out of the port");
        for (PortSnapshot port : ports) {
            LatencySnapshot latency = port.latency();
            histogram.dataPoint(HistogramDataPointSnapshot.builder()
                    .labels(Labels.of("port", port.name()))
                    .classicHistogramBuckets(buckets(latency))
                    .sum(latency.sumNs() / 1e9)
                    .build());
        }
        return histogram.build();
    }

    /** Not cumulative yet: the library makes them so. */
    private static ClassicHistogramBuckets buckets(LatencySnapshot latency) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long below = 0;
        for (int power = 0; power < POWERS_OF_TWO; power++) {
            long upTo = latency.framesBelowMicros(power);
            buckets.bucket((1L << power) / 1e6, upTo - below);
            below = upTo;
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, latency.frames() - below)
                .build();
    }
}
