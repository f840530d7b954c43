package org.ifqd.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.stats.DropReason;

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
                        port.serializer().contended()));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
