package org.ifqd.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.stats.DropReason;
import org.ifqd.stats.LatencySnapshot;

/** The counters as the JSON that {@code ifqd stats --json} prints; its form is a contract. */
public final class StatsJson {
    private StatsJson() {}

    /** A tree of maps and lists; {@code looped}: the two ports are connected with each other. {@code queue.length} counts every frame that waits, those held by the driver included. */
    public static Map<String, Object> of(List<PortSnapshot> ports, boolean looped) {
        List<Object> list = new ArrayList<>();
        for (PortSnapshot port : ports) {
            list.add(port(port));
        }
        return map("ports", list, "unaccounted", Bridge.unaccounted(ports), "looped", looped);
    }

    private static Map<String, Object> port(PortSnapshot port) {
        QueueCounters queue = port.queue();
        Map<String, Object> drops = new LinkedHashMap<>();
        for (int i = 0; i < DropReason.count(); i++) {
            drops.put(DropReason.of(i).key(), queue.dropped(DropReason.of(i)));
        }
        return map(
                "name",
                port.name(),
                "backend",
                port.backend(),
                "state",
                port.state().name(),
                "rx",
                map("frames", port.rxFrames(), "bytes", port.rxBytes(), "kernelDrops", port.kernelDrops()),
                "tx",
                map("frames", queue.sent(), "bytes", queue.sentBytes()),
                "drops",
                drops,
                "queue",
                map(
                        "length",
                        queue.queued(),
                        "maxLength",
                        queue.maxLength(),
                        "capacity",
                        queue.capacity(),
                        "oactive",
                        queue.oactive(),
                        "oactives",
                        queue.oactives()),
                "offload",
                map(
                        "csumCompleted",
                        port.offloads().csumCompleted(),
                        "segmented",
                        port.offloads().segmented()),
                "serializer",
                map(
                        "enters",
                        port.serializer().enters(),
                        "spins",
                        port.serializer().spins(),
                        "contended",
                        port.serializer().contended()),
                "latency",
                latency(port.latency()));
    }

    /** Nanoseconds from the kernel's receive stamp to the transmit call, of all frames that left through the port. */
    private static Map<String, Object> latency(LatencySnapshot latency) {
        return map(
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
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
