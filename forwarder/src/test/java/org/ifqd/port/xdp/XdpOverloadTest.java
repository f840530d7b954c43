package org.ifqd.port.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.xdp.XdpRehearsalKernel;
import org.ifqd.port.LanePlan;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.junit.jupiter.api.Test;

/** In overload the kernel gets few chunks, which stay in the cache; and all of them again when it is over. */
class XdpOverloadTest {
    private static final int RING = 1024;
    private static final PortOptions OPTIONS = new PortOptions(1, RING * 2048, 512, 1024);
    private static final TaskListSerializer.Monitor NOBODY = new TaskListSerializer.Monitor() {
        @Override
        public void taskFailed(String name, Throwable cause) {}

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {}
    };

    @Test
    void fewChunksInOverloadAllOfThemElse() {
        FrameBatch batch = new FrameBatch(256);
        try (XdpRehearsalKernel kernel = new XdpRehearsalKernel();
                XdpMemory memory =
                        XdpMemory.open(kernel, 8 * RING, 2048, "a test", false).retain();
                XdpPort port = new XdpPort(
                        new PortContext(kernel, StartPolicy.ON_CALLER, NOBODY, line -> {}),
                        "lane",
                        new XdpInterface("lane", 1, 1500, 1, true),
                        OPTIONS,
                        memory,
                        LanePlan.ONE)) {
            XdpReceiver receiver = port.receivers().getFirst();
            assertEquals(0, take(receiver, batch));
            assertEquals(RING, port.chunksInRings());
            for (int frames = 0; frames < 10 * RING; frames += 256) { // faster than this worker
                fill(kernel);
                assertEquals(256, take(receiver, batch));
            }
            assertTrue(port.chunksInRings() <= 512, port.chunksInRings() + " chunks");
            while (take(receiver, batch) > 0) {
                assertTrue(port.chunksInRings() > 0);
            }
            assertEquals(RING, port.chunksInRings());
            assertEquals(8 * RING, memory.available() + port.chunksInRings());
        }
    }

    private static void fill(XdpRehearsalKernel kernel) {
        while (kernel.deliver(true) > 0) {
            Thread.onSpinWait();
        }
    }

    private static int take(XdpReceiver receiver, FrameBatch batch) {
        int frames = receiver.receive(batch);
        batch.release(0, batch.count());
        batch.clear();
        return frames;
    }
}
