package org.ifqd.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.function.ToLongFunction;
import org.ifqd.bridge.LaneSnapshot;
import org.ifqd.bridge.PortSnapshot;

/** The counters of all lanes: of each way out of a port by itself. Labels: the port, and the lane's number in it. */
final class LaneMetrics {
    private LaneMetrics() {}

    static List<CounterSnapshot> of(List<PortSnapshot> ports) {
        return List.of(
                counter(ports, "transmit_frames", "Frames sent by the lane", lane -> lane.queue()
                        .sent()),
                counter(ports, "transmit_bytes", "Their bytes, without FCS", lane -> lane.queue()
                        .sentBytes()),
                counter(ports, "drops", "Frames dropped on the lane, whatever the reason", lane -> lane.queue()
                        .droppedTotal()),
                counter(ports, "oactives", "How often the lane's transmit ring was full", lane -> lane.queue()
                        .oactives()),
                counter(
                        ports,
                        "serializer_contended",
                        "Starts of the lane that found another thread inside: 0, as workers share no lane, but for restarts",
                        lane -> lane.serializer().contended()));
    }

    private static CounterSnapshot counter(
            List<PortSnapshot> ports, String name, String help, ToLongFunction<LaneSnapshot> value) {
        CounterSnapshot.Builder counter =
                CounterSnapshot.builder().name("ifqd_lane_" + name).help(help);
        for (PortSnapshot port : ports) {
            for (int i = 0; i < port.lanes().size(); i++) {
                counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("port", port.name(), "lane", Integer.toString(i)))
                        .value(value.applyAsLong(port.lanes().get(i)))
                        .build());
            }
        }
        return counter.build();
    }
}
