package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.ifq.TaskListSerializer;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private final List<String> complaints = new ArrayList<>();

    private final TaskListSerializer.Monitor monitor = new TaskListSerializer.Monitor() {
        @Override
        public void taskFailed(String name, Throwable cause) {
            complaints.add(name + ": " + cause);
        }

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
            complaints.add(name + " is stuck");
        }
    };

    @Test
    void framesGoThroughAndNothingIsLeft() {
        long frames = Rehearsal.run(10_000, monitor);
        assertTrue(frames > 20_000, frames + " frames");
        assertEquals(List.of(), complaints);
        assertEquals(List.of(), BridgeLab.workers());
    }
}
