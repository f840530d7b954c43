package org.ifqd.port.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.xdp.Umem;
import org.ifqd.linux.xdp.XdpRehearsalKernel;
import org.ifqd.port.LanePlan;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was shown to a kernel that takes nothing, and is then purged, must not leave later: the kernel remembers how far
 * the ring was filled. No device is full on demand, so the kernel is a played one that remembers likewise.
 */
class XdpFullDeviceTest {
    private static final int CHUNKS = 4096;
    private static final PortOptions OPTIONS = new PortOptions(1, 512 << 10, 128, 256);
    private static final TaskListSerializer.Monitor NOBODY = new TaskListSerializer.Monitor() {
        @Override
        public void taskFailed(String name, Throwable cause) {
            throw new AssertionError(name, cause);
        }

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {}
    };

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasPurgedIsInNoBooks(boolean zeroCopy) {
        try (XdpRehearsalKernel kernel = new XdpRehearsalKernel();
                XdpMemory memory =
                        XdpMemory.open(kernel, CHUNKS, 2048, "a test", zeroCopy).retain();
                XdpPort port = port(kernel, memory)) {
            port.up();
            Ifnet ifnet = port.lanes().getFirst().ifnet();
            SendQueue queue = ifnet.queue();

            send(kernel, port, ifnet, 10);
            assertEquals(10, kernel.taken());
            kernel.full(true);
            send(kernel, port, ifnet, 100);
            assertEquals(!zeroCopy, queue.isOactive());
            port.pause(PortState.NO_CARRIER);
            assertEquals(100, queue.counters().dropped(DropReason.PURGED));

            kernel.full(false);
            port.resume();
            send(kernel, port, ifnet, 5);
            // a driver's ring cannot be emptied: what it was given it may send, but it is not counted twice
            assertEquals(zeroCopy ? 115 : 15, kernel.taken());
            assertEquals(15, queue.counters().sent());
            assertEquals(CHUNKS, memory.available() + port.chunksInRings());
        }
    }

    /** Frames of another backend are copied into chunks; where there are none the lane waits, and does not spin. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitsForChunks(boolean zeroCopy) {
        try (XdpRehearsalKernel kernel = new XdpRehearsalKernel();
                XdpMemory memory =
                        XdpMemory.open(kernel, CHUNKS, 2048, "a test", zeroCopy).retain();
                XdpMemory others =
                        XdpMemory.open(kernel, CHUNKS, 2048, "another", false).retain();
                XdpPort port = port(kernel, memory)) {
            port.up();
            Ifnet ifnet = port.lanes().getFirst().ifnet();
            kernel.full(true);
            int[] all = new int[CHUNKS];
            int left = 10;
            memory.take(all, memory.available() - left);
            FrameBatch batch = new FrameBatch(20);
            for (int i = 0; i < 20; i++) {
                int[] chunk = new int[1];
                others.take(chunk, 1);
                long frame = others.address() + others.umem().offset(chunk[0]) + Umem.FRAME_OFFSET;
                batch.add(frame, 60, 0, others, chunk[0], 1);
            }
            ifnet.enqueue(batch);
            assertTrue(ifnet.queue().isOactive());
            memory.give(all, 0, 100);
            kernel.full(false);
            Await.until(() -> kernel.taken() + " taken", () -> kernel.taken() == 20);
        }
    }

    private static XdpPort port(XdpRehearsalKernel kernel, XdpMemory memory) {
        return new XdpPort(
                new PortContext(kernel, StartPolicy.ON_CALLER, NOBODY, line -> {}),
                "lane",
                new XdpInterface("lane", 1, 1500, 1, true),
                OPTIONS,
                memory,
                LanePlan.ONE);
    }

    private static void send(XdpRehearsalKernel kernel, XdpPort port, Ifnet ifnet, int frames) {
        FrameBatch batch = new FrameBatch(frames);
        port.receivers().getFirst().receive(new FrameBatch(1)); // fills the fill ring
        for (int i = 0; i < frames; i++) {
            assertEquals(1, kernel.deliver(true));
        }
        assertEquals(frames, port.receivers().getFirst().receive(batch));
        ifnet.enqueue(batch);
    }
}
