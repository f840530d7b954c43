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
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.port.PortState;
import org.ifqd.stats.DropReason;

/**
 * All counters of all ports, taken at one moment for each scrape.
 *
 * <p>Names follow <a href="https://prometheus.io/docs/practices/naming/">Prometheus' conventions</a>: the library appends
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
        counter(
                all,
                ports,
                "receive_frames",
                "Frames received on the port and forwarded or dropped",
                PortSnapshot::rxFrames);
        counter(all, ports, "receive_bytes", "Their bytes, without FCS", PortSnapshot::rxBytes);
        counter(
                all,
                ports,
                "receive_kernel_drops",
                "Frames dropped by the kernel for want of room in the receive ring",
                PortSnapshot::kernelDrops);
        counter(all, ports, "transmit_frames", "Frames sent out of the port", p -> p.queue()
                .sent());
        counter(all, ports, "transmit_bytes", "Their bytes, without FCS", p -> p.queue()
                .sentBytes());
        all.add(drops(ports));
        counter(all, ports, "oactive_spells", "How often the transmit ring was full", p -> p.queue()
                .oactives());
        counter(all, ports, "serializer_enters", "Threads that went into the start routine", p -> p.serializer()
                .enters());
        counter(all, ports, "serializer_spins", "Rounds that a thread inside did for others", p -> p.serializer()
                .spins());
        counter(all, ports, "serializer_contended", "Starts that found another thread inside", p -> p.serializer()
                .contended());
        counter(all, ports, "checksums_completed", "Checksums finished in software", p -> p.offloads()
                .csumCompleted());
        counter(all, ports, "superframes_segmented", "Superframes cut in software", p -> p.offloads()
                .segmented());
        all.add(LatencyMetric.of(ports));
        all.addAll(WorkerMetrics.of(ports));
        all.addAll(LaneMetrics.of(ports));
        gauge(all, ports, "queue_frames", "Frames that wait to be sent", p -> p.queue()
                .queued());
        gauge(all, ports, "queue_max_frames", "The most that have waited", p -> p.queue()
                .maxLength());
        gauge(all, ports, "queue_capacity_frames", "Frames at which the send queue is full", p -> p.queue()
                .capacity());
        gauge(
                all,
                ports,
                "oactive",
                "1 while the transmit ring is full",
                p -> p.queue().oactive() ? 1 : 0);
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

    private static void counter(
            List<MetricSnapshot> all,
            List<PortSnapshot> ports,
            String name,
            String help,
            ToDoubleFunction<PortSnapshot> value) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("ifqd_port_" + name).help(help);
        for (PortSnapshot port : ports) {
            counter.dataPoint(point(Labels.of("port", port.name()), value.applyAsDouble(port)));
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
