package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of one interface's life says. */
class FlightEventsTest {
    @TempDir
    private Path folder;

    @Test
    void drainsOactiveSpellsAndBarriersAreRecorded() throws IOException {
        Path file = folder.resolve("ifqd.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("ifqd.Drain");
            recording.enable("ifqd.OactiveSpell");
            recording.enable("ifqd.BarrierWait");
            recording.start();
            live("eth7");
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertEquals(
                List.of("eth7"),
                events.stream()
                        .map(e -> e.getString("interfaceName"))
                        .distinct()
                        .toList());
        assertEquals(2, ofName(events, "ifqd.Drain").size());
        assertEquals(1, ofName(events, "ifqd.Drain").getFirst().getInt("frames"));
        assertEquals(1, ofName(events, "ifqd.OactiveSpell").size());
        assertTrue(ofName(events, "ifqd.OactiveSpell")
                        .getFirst()
                        .getDuration("lasted")
                        .toNanos()
                > 0);
        assertEquals(1, ofName(events, "ifqd.BarrierWait").size());
        assertTrue(Files.size(file) > 0);
    }

    /** By default none of them is, even where something else is recorded. */
    @Test
    void nothingIsRecordedUnlessAskedFor() throws IOException {
        Path file = folder.resolve("none.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            live("eth8");
            recording.dump(file);
        }
        assertEquals(List.of(), ofName(RecordingFile.readAllEvents(file), "ifqd."));
    }

    private static List<RecordedEvent> ofName(List<RecordedEvent> events, String prefix) {
        return events.stream()
                .filter(e -> e.getEventType().getName().startsWith(prefix))
                .toList();
    }

    /** Up, a start that takes a frame and sets oactive, a restart, and down. */
    private static void live(String name) {
        FrameBatch out = new FrameBatch(1);
        MpsafeDriver driver = queue -> {
            if (queue.dequeue(out, 1) > 0) {
                out.release(0, 1);
                out.clear();
                queue.sent(1, 60);
                queue.setOactive();
            }
        };
        TaskListSerializer serializer = new TaskListSerializer(name, new Faults());
        Ifnet ifnet = Ifnet.mpsafe(name, new SendQueue(8), serializer, driver);
        ifnet.up();
        FrameBatch batch = new FrameBatch(2);
        for (int i = 0; i < 2; i++) {
            batch.add(1, 60, 0, (block, frames) -> {}, 0);
        }
        ifnet.enqueue(batch); // takes one, and sets oactive
        ifnet.restart(); // takes the other one, and sets oactive again
        ifnet.clearRunning();
        ifnet.startBarrier();
        assertEquals(0, ifnet.queue().counters().unaccounted());
    }
}
