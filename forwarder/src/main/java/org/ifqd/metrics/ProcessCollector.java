package org.ifqd.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.TreeMap;
import org.ifqd.stats.ThreadUsage;

/**
 * Which ifqd this is, and what its own threads have used. The threads of the data path are to allocate nothing: a
 * counter of theirs that grows with the frames is a defect.
 *
 * <p><b>Threading:</b> any thread.
 */
final class ProcessCollector implements MultiCollector {

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder cpu = CounterSnapshot.builder()
                .name("ifqd_thread_cpu_seconds")
                .help("Processor time of a thread of ifqd's, system calls included");
        CounterSnapshot.Builder allocated = CounterSnapshot.builder()
                .name("ifqd_thread_allocated_bytes")
                .help("Bytes that a thread of ifqd's has allocated on the Java heap");
        threads().forEach((name, usage) -> {
            Labels labels = Labels.of("thread", name);
            cpu.dataPoint(point(labels, usage.cpuNs() / 1e9));
            allocated.dataPoint(point(labels, usage.allocatedBytes()));
        });
        CounterSnapshot all = CounterSnapshot.builder()
                .name("ifqd_allocated_bytes")
                .help("Bytes that all threads have allocated on the Java heap, those that have ended included")
                .dataPoint(point(Labels.EMPTY, ThreadUsage.allAllocatedBytes()))
                .build();
        return MetricSnapshots.of(build(), cpu.build(), allocated.build(), all);
    }

    /** Ours, by name: two of one name would be one series, so the last one stands for both. */
    private static Map<String, ThreadUsage> threads() {
        Map<String, ThreadUsage> threads = new TreeMap<>();
        for (ThreadUsage usage : ThreadUsage.all()) {
            if (usage.name().startsWith("rx-") || usage.name().startsWith("ifq")) {
                threads.put(usage.name(), usage);
            }
        }
        return threads;
    }

    private static InfoSnapshot build() {
        String version = ProcessCollector.class.getPackage().getImplementationVersion();
        return InfoSnapshot.builder()
                .name("ifqd_build")
                .help("Which ifqd this is, and on which Java it runs")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "java",
                                Runtime.version().toString(),
                                "version",
                                version == null ? "not packaged" : version))
                        .build())
                .build();
    }

    private static CounterDataPointSnapshot point(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
