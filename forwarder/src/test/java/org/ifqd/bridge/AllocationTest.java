package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The data path allocates nothing for a frame. An object for each frame would be 16 bytes or more; the limit leaves
 * room for what is interpreted before the compiler is done, for which a busy machine gives it little time.
 */
class AllocationTest {
    private static final int FRAMES = 150_000;
    private static final int SUPERFRAMES = 30_000;
    private static final int LIMIT_BYTES = 2;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void workersAllocateNothingForAFrame() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            long warm = forward(lab, bridge, 0);
            List<Thread> workers = BridgeLab.workers();
            assertEquals(4, workers.size(), workers.toString());
            long before = allocated(workers);
            long sentBefore = BridgeLab.sum(bridge, p -> p.queue().sent());
            forward(lab, bridge, warm);
            long bytes = allocated(workers) - before;
            long frames = BridgeLab.sum(bridge, p -> p.queue().sent()) - sentBefore;
            assertTrue(frames > FRAMES / 2, frames + " frames");
            assertTrue(bytes < LIMIT_BYTES * frames, bytes + " bytes for " + frames + " frames");
        }
    }

    /** GSO frames leave by a send of their own where the interface cuts them. */
    @Test
    void workersAllocateNothingForASuperframe() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(BridgeLab.SMALL);
                SuperframeSender sender = new SuperframeSender(lab.leftCable.left())) {
            bridge.start();
            sendSuperframes(sender, bridge, 0);
            List<Thread> workers = BridgeLab.workers();
            long before = allocated(workers);
            sendSuperframes(sender, bridge, SUPERFRAMES);
            long bytes = allocated(workers) - before;
            assertEquals(2 * SUPERFRAMES, BridgeLab.sum(bridge, p -> p.queue().sent() + p.kernelDrops()));
            assertEquals(0, BridgeLab.sum(bridge, p -> p.offloads().segmented()), "sent whole");
            assertTrue(bytes < LIMIT_BYTES * SUPERFRAMES, bytes + " bytes for " + SUPERFRAMES + " superframes");
        }
    }

    private static void sendSuperframes(SuperframeSender sender, Bridge bridge, long received) {
        for (int i = 1; i <= SUPERFRAMES; i++) {
            sender.send();
            if (i % 50 == 0) {
                BridgeLab.awaitReceived(bridge, received + i);
            }
        }
    }

    /** Both ways; in portions that find room everywhere on the way. */
    private static long forward(BridgeLab lab, Bridge bridge, long received) {
        byte[] rightwards = BridgeLab.frame(60);
        byte[] leftwards = BridgeLab.frame(60, 1);
        long all = received;
        for (int i = 0; i < FRAMES; i += 500) {
            lab.left.send(rightwards, 400);
            lab.right.send(leftwards, 100);
            all += 500;
            BridgeLab.awaitReceived(bridge, all);
        }
        return all;
    }

    private long allocated(List<Thread> workers) {
        return workers.stream()
                .mapToLong(t -> threads.getThreadAllocatedBytes(t.threadId()))
                .sum();
    }
}
