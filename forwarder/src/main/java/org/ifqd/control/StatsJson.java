package org.ifqd.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.LaneSnapshot;
import org.ifqd.bridge.PortCounter;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.bridge.WorkerSnapshot;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.Serializer;
import org.ifqd.stats.DropReason;
import org.ifqd.stats.LatencySnapshot;
import org.ifqd.stats.ThreadUsage;

/** The counters as the JSON that {@code ifqd stats --json} prints; its form is a contract. */
public final class StatsJson {
    private StatsJson() {}

    /**
     * A tree of maps and lists. {@code queue.length} counts every frame that waits, those held by the driver included.
     *
     * @param looped the two ports are connected with each other
     * @param buckets whether latency gets its buckets: {@code [[NS, FRAMES], …]}, frames that took at most so long and
     *     longer than the bucket before; so that a client can tell the latency between two looks
     */
    public static Map<String, Object> of(List<PortSnapshot> ports, boolean looped, boolean buckets) {
        List<Object> list = new ArrayList<>();
        for (PortSnapshot port : ports) {
            list.add(port(port, buckets));
        }
        return map("ports", list, "unaccounted", Bridge.unaccounted(ports), "looped", looped);
    }

    private static Map<String, Object> port(PortSnapshot port, boolean buckets) {
        QueueCounters queue = port.queue();
        Map<String, Object> drops = new LinkedHashMap<>();
        for (int i = 0; i < DropReason.count(); i++) {
            drops.put(DropReason.of(i).key(), queue.dropped(DropReason.of(i)));
        }
        Map<String, Object> json = map(
                "name",
                port.name(),
                "backend",
                port.backend(),
                "state",
                port.state().name());
        json.put("rx", group("rx", port));
        json.put("tx", group("tx", port));
        json.put("drops", drops);
        json.put("queue", group("queue", port));
        json.put("offload", group("offload", port));
        json.put("serializer", group("serializer", port));
        json.put("latency", latency(port.latency(), buckets));
        json.put("workers", port.workers().stream().map(StatsJson::worker).toList());
        json.put("lanes", port.lanes().stream().map(StatsJson::lane).toList());
        return json;
    }

    private static Map<String, Object> group(String name, PortSnapshot port) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (PortCounter counter : PortCounter.values()) {
            if (counter.group().equals(name)) {
                counter.putInto(json, port);
            }
        }
        return json;
    }

    /** Of several lanes: sums, but for the longest that one has been. */
    private static Map<String, Object> queue(QueueCounters queue) {
        return map(
                "length",
                queue.queued(),
                "maxLength",
                queue.maxLength(),
                "capacity",
                queue.capacity(),
                "oactive",
                queue.oactive(),
                "oactives",
                queue.oactives());
    }

    private static Map<String, Object> serializer(Serializer.Counters serializer) {
        return map("enters", serializer.enters(), "spins", serializer.spins(), "contended", serializer.contended());
    }

    private static Map<String, Object> lane(LaneSnapshot lane) {
        return map(
                "name",
                lane.name(),
                "cpu",
                lane.cpu(),
                "tx",
                map("frames", lane.queue().sent(), "bytes", lane.queue().sentBytes()),
                "dropped",
                lane.queue().droppedTotal(),
                "queue",
                queue(lane.queue()),
                "serializer",
                serializer(lane.serializer()));
    }

    /** Nanoseconds from the kernel's receive stamp to the transmit call, of all frames that left through the port. */
    private static Map<String, Object> latency(LatencySnapshot latency, boolean buckets) {
        Map<String, Object> map = map(
                "frames",
                latency.frames(),
                "meanNs",
                latency.meanNs(),
                "p50Ns",
                latency.quantileNs(0.5),
                "p90Ns",
                latency.quantileNs(0.9),
                "p99Ns",
                latency.quantileNs(0.99),
                "p999Ns",
                latency.quantileNs(0.999),
                "maxNs",
                latency.maxNs());
        if (buckets) {
            map.put("buckets", latency.buckets());
        }
        return map;
    }

    /** Processor time and heap are those of the thread that is there now. */
    private static Map<String, Object> worker(WorkerSnapshot worker) {
        return map(
                "name",
                worker.name(),
                "state",
                worker.state().name(),
                "frames",
                worker.frames(),
                "bytes",
                worker.bytes(),
                "batches",
                worker.batches(),
                "wakeUps",
                worker.wakeUps(),
                "kernelDrops",
                worker.kernelDrops(),
                "cpuNs",
                ThreadUsage.cpuNs(worker.threadId()),
                "allocatedBytes",
                ThreadUsage.allocatedBytes(worker.threadId()));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
