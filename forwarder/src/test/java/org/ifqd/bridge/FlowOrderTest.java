package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.ifqd.linux.lab.Await;
import org.ifqd.port.PortOptions;
import org.junit.jupiter.api.Test;

/** Several workers share the flows of an interface; the frames of one flow stay in order. */
class FlowOrderTest {
    private static final int FLOWS = 40;
    private static final int FRAMES_PER_FLOW = 500;

    private final int[] expected = new int[FLOWS];
    private int received;

    @Test
    void twoWorkersKeepTheOrderWithinEachFlow() throws InterruptedException {
        PortOptions options = new PortOptions(2, 32 << 20, 128, 4096);
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(options)) {
            lab.right.listen();
            bridge.start();
            for (int i = 0; i < FRAMES_PER_FLOW; i++) {
                for (int flow = 0; flow < FLOWS; flow++) {
                    lab.left.send(BridgeLab.udp(flow, i), 1);
                }
                lab.right.receive(this::check); // its ring has a block a millisecond, full or not, and few of them
                if (i % 10 == 9) { // never more on the way than every queue holds
                    int all = (i + 1) * FLOWS;
                    Await.until(
                            () -> received + " of " + all + " frames, missed " + lab.right.missed() + " "
                                    + bridge.snapshot(),
                            () -> {
                                lab.right.receive(this::check);
                                return received >= all;
                            });
                }
            }
            assertEquals(FLOWS * FRAMES_PER_FLOW, received);
            assertEquals(0, lab.right.missed());
            Await.until("both workers asleep", () -> bridge.snapshot().getFirst().workers().stream()
                    .allMatch(worker -> worker.state() == WorkerSnapshot.State.ASLEEP));
            assertBothWorked(bridge.snapshot().getFirst());
        }
    }

    private static void assertBothWorked(PortSnapshot port) {
        List<WorkerSnapshot> workers = port.workers();
        assertEquals(2, workers.size());
        assertEquals(
                port.rxFrames(),
                workers.stream().mapToLong(WorkerSnapshot::frames).sum());
        assertEquals(
                port.rxBytes(),
                workers.stream().mapToLong(WorkerSnapshot::bytes).sum());
        for (WorkerSnapshot worker : workers) {
            assertTrue(worker.batches() > 0 && worker.batches() <= worker.frames(), worker::toString);
            assertTrue(worker.wakeUps() > 0, worker::toString);
        }
    }

    private void check(byte[] frame) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        if (buffer.getShort(12) == 0x0800) {
            int flow = buffer.getInt(BridgeLab.UDP_PAYLOAD);
            assertEquals(expected[flow]++, buffer.getInt(BridgeLab.UDP_PAYLOAD + 4), "flow " + flow);
            received++;
        }
    }
}
