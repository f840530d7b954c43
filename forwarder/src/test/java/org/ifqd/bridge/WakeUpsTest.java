package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.port.Port;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.junit.jupiter.api.Test;

/**
 * A worker is woken by its own frames, and by nobody else's. Counted, not timed: each frame comes when all workers
 * sleep.
 */
class WakeUpsTest {
    private static final PortOptions TWO_WORKERS = new PortOptions(2, 2 << 20, 128, 4096);
    private static final int FRAMES = 200;

    /** What the start and the end of a sleep may add. */
    private static final int SLACK = 3;

    private static List<Long> wakeUps(Bridge bridge) {
        return bridge.snapshot().getFirst().workers().stream()
                .map(WorkerSnapshot::wakeUps)
                .toList();
    }

    private static long flow(BridgeLab lab, Bridge bridge, int flow, long received) {
        for (int i = 0; i < FRAMES; i++) {
            lab.left.send(BridgeLab.udp(flow, i), 1);
            BridgeLab.awaitReceived(bridge, received + i + 1);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // until it sleeps again
        }
        return received + FRAMES;
    }

    @Test
    void oneFlowWakesOneWorker() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(TWO_WORKERS)) {
            bridge.start();
            long received = 0;
            for (int flow = 0; flow < 4; flow++) { // whichever worker each one has
                List<Long> before = wakeUps(bridge);
                received = flow(lab, bridge, flow, received);
                List<Long> after = wakeUps(bridge);
                long first = after.get(0) - before.get(0);
                long second = after.get(1) - before.get(1);
                assertTrue(Math.max(first, second) > FRAMES / 2, first + " " + second);
                assertTrue(Math.min(first, second) <= SLACK, first + " " + second);
            }
        }
    }

    @Test
    void framesOfASuspendedPortWakeNobody() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab()) {
            Port left = lab.port(org.ifqd.linux.Libc.system(), lab.leftCable.right(), TWO_WORKERS);
            try (Bridge bridge =
                    lab.bridge(left, lab.port(org.ifqd.linux.Libc.system(), lab.rightCable.left(), TWO_WORKERS))) {
                bridge.start();
                flow(lab, bridge, 1, 0);
                left.pause(PortState.SUSPENDED);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                List<Long> before = wakeUps(bridge);
                lab.left.send(BridgeLab.udp(1, 0), 10_000);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                assertEquals(before, wakeUps(bridge));
                left.resume();
                flow(lab, bridge, 1, FRAMES);
            }
        }
    }
}
