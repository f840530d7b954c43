package org.ifqd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.ifqd.bridge.LaneSnapshot;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.bridge.WorkerSnapshot;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.Serializer;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.PortState;
import org.ifqd.stats.DropReason;
import org.ifqd.stats.LatencyHistogram;
import org.ifqd.stats.LatencySnapshot;
import org.junit.jupiter.api.Test;

/** The form of {@code stats --json} is a contract: names and order of the keys, whole numbers. */
class StatsJsonTest {

    @Test
    void isTheContract() throws IOException {
        long[] dropped = new long[DropReason.count()];
        dropped[DropReason.QUEUE_FULL.ordinal()] = 4;
        dropped[DropReason.REFUSED.ordinal()] = 1;
        QueueCounters queue = new QueueCounters(100, 6000, 2, 90, 5400, dropped, 3, 2, 50, 4096, true, 7);
        PortSnapshot port = new PortSnapshot(
                "eth0",
                "af_packet",
                PortState.RUNNING,
                80,
                4800,
                9,
                queue,
                new OffloadCounters(14, 15),
                new Serializer.Counters(11, 12, 13),
                latency(1000, 1000, 1000, 9000),
                List.of(new WorkerSnapshot("rx-eth0", WorkerSnapshot.State.ASLEEP, 80, 4800, 16, 17, 9, 0)),
                List.of(new LaneSnapshot("eth0", 3, queue, new Serializer.Counters(11, 12, 13))));

        StringBuilder drops = new StringBuilder();
        for (int i = 0; i < DropReason.count(); i++) {
            drops.append(i == 0 ? "" : ",").append('"').append(DropReason.of(i).key());
            drops.append("\":").append(dropped[i]);
        }
        assertEquals(expected(drops, false), JSON.std.asString(StatsJson.of(List.of(port), false, false)));
        assertEquals(expected(drops, true), JSON.std.asString(StatsJson.of(List.of(port), false, true)));
    }

    private static String expected(CharSequence drops, boolean buckets) {
        return "{\"ports\":[{\"name\":\"eth0\",\"backend\":\"af_packet\",\"state\":\"RUNNING\","
                + "\"rx\":{\"frames\":80,\"bytes\":4800,\"kernelDrops\":9},"
                + "\"tx\":{\"frames\":90,\"bytes\":5400},"
                + "\"drops\":{" + drops
                + "},\"queue\":{\"length\":5,\"maxLength\":50,\"capacity\":4096,\"oactive\":true,\"oactives\":7},"
                + "\"offload\":{\"csumCompleted\":14,\"segmented\":15},"
                + "\"serializer\":{\"enters\":11,\"spins\":12,\"contended\":13},"
                + "\"latency\":{\"frames\":4,\"meanNs\":3000,\"p50Ns\":1031,\"p90Ns\":9000,\"p99Ns\":9000,\"p999Ns\":9000,"
                + "\"maxNs\":9000" + (buckets ? ",\"buckets\":[[1031,3],[9250,1]]" : "")
                + "},\"workers\":[{\"name\":\"rx-eth0\",\"state\":\"ASLEEP\",\"frames\":80,\"bytes\":4800,\"batches\":16,"
                + "\"wakeUps\":17,\"kernelDrops\":9,\"cpuNs\":0,\"allocatedBytes\":0}],"
                + "\"lanes\":[{\"name\":\"eth0\",\"cpu\":3,\"tx\":{\"frames\":90,\"bytes\":5400},\"dropped\":5,"
                + "\"queue\":{\"length\":5,\"maxLength\":50,\"capacity\":4096,\"oactive\":true,\"oactives\":7},"
                + "\"serializer\":{\"enters\":11,\"spins\":12,\"contended\":13}}]}],\"unaccounted\":0,\"looped\":false}";
    }

    private static LatencySnapshot latency(long... ns) {
        LatencyHistogram histogram = new LatencyHistogram();
        LongStream.of(ns).forEach(histogram::record);
        return histogram.snapshot();
    }

    @Test
    void aLostFrameIsUnaccounted() {
        QueueCounters queue =
                new QueueCounters(10, 600, 0, 8, 480, new long[DropReason.count()], 0, 0, 1, 16, false, 0);
        PortSnapshot port = new PortSnapshot(
                "eth0",
                "af_packet",
                PortState.STOPPED,
                0,
                0,
                0,
                queue,
                new OffloadCounters(0, 0),
                new Serializer.Counters(0, 0, 0),
                LatencySnapshot.NONE,
                List.of(),
                List.of());
        assertEquals(2L, StatsJson.of(List.of(port), false, false).get("unaccounted"));
    }
}
