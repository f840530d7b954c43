package org.ifqd.bridge;

import java.util.List;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.Serializer;
import org.ifqd.port.Lane;

/**
 * The counters of one lane of a port at a moment.
 *
 * @param name of the port, and the lane's number if there are several
 * @param cpu that all of its work is done on, or -1 for any
 * @param queue books of its send queue
 * @param serializer of its start routine
 */
public record LaneSnapshot(String name, int cpu, QueueCounters queue, Serializer.Counters serializer) {

    static LaneSnapshot of(Lane lane) {
        Ifnet ifnet = lane.ifnet();
        return new LaneSnapshot(ifnet.name(), lane.cpu(), ifnet.queue().counters(), ifnet.serializerCounters());
    }

    /** With what the lane had done that was in its place before. */
    LaneSnapshot plus(LaneSnapshot before) {
        return new LaneSnapshot(name, cpu, queue.plus(before.queue), serializer.plus(before.serializer));
    }

    /** The books of all of a port. */
    static QueueCounters queue(List<LaneSnapshot> lanes) {
        return QueueCounters.sum(lanes.stream().map(LaneSnapshot::queue).toList());
    }

    static Serializer.Counters serializer(List<LaneSnapshot> lanes) {
        return lanes.stream()
                .map(LaneSnapshot::serializer)
                .reduce(Serializer.Counters::plus)
                .orElseThrow();
    }
}
