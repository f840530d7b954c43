package org.ifqd.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortCounter;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.port.PortState;
import org.ifqd.stats.DropReason;

/**
 * All counters of all ports, taken at one moment for each scrape.
 *
 * <p>Names follow <a href="https://prometheus.io/docs/practices/naming/">Prometheus' conventions</a>: the library
 * appends
 * {@code _total} to counters. A pair that a reload opens again begins at 0, which Prometheus takes for a restart.
 *
 * <p><b>Threading:</b> any thread.
 */
final class PortCollector implements MultiCollector {
    private final Supplier<List<PortSnapshot>> source;

    PortCollector(Supplier<List<PortSnapshot>> source) {
        this.source = source;
    }

    @Override
    public MetricSnapshots collect() {
        List<PortSnapshot> ports = source.get();
        List<MetricSnapshot> all = new ArrayList<>();
        for (PortCounter each : PortCounter.values()) {
            if (each.kind() == PortCounter.Kind.COUNTER) {
                counter(all, ports, each);
            } else {
                gauge(all, ports, each.metric(), each.help(), each::of);
            }
        }
        all.add(drops(ports));
        all.add(LatencyMetric.of(ports));
        all.addAll(WorkerMetrics.of(ports));
        all.addAll(LaneMetrics.of(ports));
        gauge(
                all,
                ports,
                "running",
                "1 while the port sends and receives",
                p -> p.state() == PortState.RUNNING ? 1 : 0);
        gauge(
                all,
                ports,
                "suspended",
                "1 while an operator has the port down (ifqd port NAME down)",
                p -> p.state() == PortState.SUSPENDED ? 1 : 0);
        all.add(GaugeSnapshot.builder()
                .name("ifqd_unaccounted_frames")
                .help("Frames that no book knows of: 0, or a defect")
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .value(Bridge.unaccounted(ports))
                        .build())
                .build());
        return new MetricSnapshots(all);
    }

    private static void counter(List<MetricSnapshot> all, List<PortSnapshot> ports, PortCounter each) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("ifqd_port_" + each.metric()).help(each.help());
        for (PortSnapshot port : ports) {
            counter.dataPoint(point(Labels.of("port", port.name()), each.of(port)));
        }
        all.add(counter.build());
    }

    private static CounterSnapshot drops(List<PortSnapshot> ports) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder()
                .name("ifqd_port_drops")
                .help("Frames that were to leave through the port and were dropped");
        for (PortSnapshot port : ports) {
            for (int i = 0; i < DropReason.count(); i++) {
                DropReason reason = DropReason.of(i);
                counter.dataPoint(point(
                        Labels.of("port", port.name(), "reason", reason.key()),
                        port.queue().dropped(reason)));
            }
        }
        return counter.build();
    }

    private static CounterDataPointSnapshot point(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static void gauge(
            List<MetricSnapshot> all,
            List<PortSnapshot> ports,
            String name,
            String help,
            ToDoubleFunction<PortSnapshot> value) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("ifqd_port_" + name).help(help);
        for (PortSnapshot port : ports) {
            gauge.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(Labels.of("port", port.name()))
                    .value(value.applyAsDouble(port))
                    .build());
        }
        all.add(gauge.build());
    }
}
