package org.ifqd.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.Serializer;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.PortState;
import org.ifqd.stats.LatencySnapshot;

/**
 * The counters of one port at a moment.
 *
 * @param rxFrames frames received on the port and forwarded or dropped
 * @param rxBytes their bytes, without FCS
 * @param kernelDrops frames that the kernel dropped in front of ifqd for want of room in the receive ring
 * @param queue books of the port's send queues: what others received for it
 * @param offloads done in software for frames that left through the port
 * @param serializer of the port's start routine
 * @param latency of the frames that left through the port, taken after the books: it has no fewer frames than those say
 *     were sent
 * @param workers its receive workers, taken after the books: together they have read no fewer frames than those say
 *     were received, and as many when none is between ring and queue
 * @param lanes its ways out, of which queue and serializer are the sums
 */
public record PortSnapshot(
        String name,
        String backend,
        PortState state,
        long rxFrames,
        long rxBytes,
        long kernelDrops,
        QueueCounters queue,
        OffloadCounters offloads,
        Serializer.Counters serializer,
        LatencySnapshot latency,
        List<WorkerSnapshot> workers,
        List<LaneSnapshot> lanes) {

    /**
     * Of a port whose interface has not been there yet.
     *
     * @param capacity of the queue that it will have
     */
    public static PortSnapshot none(String name, String backend, int capacity) {
        return new PortSnapshot(
                name,
                backend,
                PortState.ABSENT,
                0,
                0,
                0,
                QueueCounters.none(capacity),
                new OffloadCounters(0, 0),
                new Serializer.Counters(0, 0, 0),
                LatencySnapshot.NONE,
                List.of(),
                List.of());
    }

    /** The same counters in another state. */
    public PortSnapshot as(PortState now) {
        return new PortSnapshot(
                name,
                backend,
                now,
                rxFrames,
                rxBytes,
                kernelDrops,
                queue,
                offloads,
                serializer,
                latency,
                workers,
                lanes);
    }

    /**
     * With what the port had done that was in its place before, on another interface of that name or with other rings.
     */
    public PortSnapshot plus(PortSnapshot before) {
        return new PortSnapshot(
                name,
                backend,
                state,
                rxFrames + before.rxFrames,
                rxBytes + before.rxBytes,
                kernelDrops + before.kernelDrops,
                queue.plus(before.queue),
                offloads.plus(before.offloads),
                serializer.plus(before.serializer),
                latency.plus(before.latency),
                plus(workers, before.workers, WorkerSnapshot::plus),
                plus(lanes, before.lanes, LaneSnapshot::plus));
    }

    /** There were as many before, unless the port has not been there yet. */
    private static <T> List<T> plus(List<T> now, List<T> before, BinaryOperator<T> plus) {
        List<T> sums = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            sums.add(i < before.size() ? plus.apply(now.get(i), before.get(i)) : now.get(i));
        }
        return List.copyOf(sums);
    }
}
