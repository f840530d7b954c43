package org.ifqd.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.function.ToLongFunction;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.bridge.WorkerSnapshot;

/** The counters of all receive workers. Labels: the port, and the worker's number in it. */
final class WorkerMetrics {
    private WorkerMetrics() {}

    static List<CounterSnapshot> of(List<PortSnapshot> ports) {
        return List.of(
                counter(ports, "receive_frames", "Frames read by the worker", WorkerSnapshot::frames),
                counter(ports, "receive_bytes", "Their bytes, without FCS", WorkerSnapshot::bytes),
                counter(ports, "receive_batches", "Batches that they came in", WorkerSnapshot::batches),
                counter(ports, "wake_ups", "How often the worker was woken from its sleep", WorkerSnapshot::wakeUps),
                counter(
                        ports,
                        "receive_kernel_drops",
                        "Frames dropped by the kernel for want of room in the worker's ring",
                        WorkerSnapshot::kernelDrops));
    }

    private static CounterSnapshot counter(
            List<PortSnapshot> ports, String name, String help, ToLongFunction<WorkerSnapshot> value) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("ifqd_worker_" + name).help(help);
        for (PortSnapshot port : ports) {
            for (int i = 0; i < port.workers().size(); i++) {
                counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("port", port.name(), "worker", Integer.toString(i)))
                        .value(value.applyAsLong(port.workers().get(i)))
                        .build());
            }
        }
        return counter.build();
    }
}
