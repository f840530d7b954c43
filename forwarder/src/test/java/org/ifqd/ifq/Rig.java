package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.frame.FrameBatch;

/** An interface with a fake mpsafe driver, its pools and its audit: what most tests of this package stand on. */
final class Rig {
    final Faults faults;
    final SendQueue queue;
    final Serializer serializer;
    final FakeMpsafeDriver driver;
    final Ifnet ifnet;
    private final List<FramePool> pools = new ArrayList<>();
    private volatile boolean stopped;

    private Rig(int capacity, int slots, boolean lossAllowed, Faults faults) {
        this.faults = faults;
        queue = new SendQueue(capacity);
        serializer = Serializers.inUse("rig0", faults);
        ArrayRing ring = new ArrayRing(slots, faults);
        driver = new FakeMpsafeDriver(ring, new Wire(faults, lossAllowed), new KernelLock(), faults);
        ifnet = Ifnet.mpsafe("rig0", queue, serializer, driver);
        ring.map();
    }

    /** An interface that is up and loses nothing, as long as its queue does not overflow. */
    static Rig up(int capacity, int slots) {
        Rig rig = new Rig(capacity, slots, false, new Faults());
        rig.ifnet.up();
        return rig;
    }

    /** An interface that is down, and whose frames may be lost. */
    static Rig lossy(int capacity, int slots) {
        return new Rig(capacity, slots, true, new Faults());
    }

    /** An interface that is up and whose tasks may throw. */
    static Rig throwing(int capacity, int slots) {
        Rig rig = new Rig(capacity, slots, true, new Faults(true));
        rig.ifnet.up();
        return rig;
    }

    FramePool pool(int slots) {
        FramePool pool = new FramePool(pools.size(), slots);
        pools.add(pool);
        return pool;
    }

    /** Makes and enqueues {@code n} frames in one call. */
    int enqueue(FramePool pool, int n) {
        FrameBatch batch = new FrameBatch(n);
        pool.fill(batch, n);
        return ifnet.enqueue(batch);
    }

    /** A completion context for a crew: looks at the ring until {@link #stopCompletion}. */
    void completing(Crew crew) {
        crew.add("completion", () -> {
            while (!stopped) {
                if (driver.complete(ifnet, 64) == 0) {
                    Thread.yield();
                }
            }
        });
    }

    void stopCompletion() {
        stopped = true;
    }

    /** Contract 3, for a moment at which every start has returned. */
    void assertNothingStranded() {
        faults.check();
        assertTrue(
                queue.length() == 0 || queue.isOactive() || !queue.isRunning(),
                () -> queue.length() + " frames stranded: not oactive, RUNNING, nobody inside");
    }

    /**
     * Contract 7 and I19, for a quiet moment: each frame was sent, dropped or is queued, and none was counted twice.
     */
    void assertConserved() {
        faults.check();
        QueueCounters c = queue.counters();
        long made = pools.stream().mapToLong(FramePool::made).sum();
        long madeBytes = pools.stream().mapToLong(FramePool::madeBytes).sum();
        long released = pools.stream().mapToLong(FramePool::released).sum();
        assertEquals(0, c.unaccounted(), () -> "unaccounted frames in " + c);
        assertEquals(made, c.received(), "received");
        assertEquals(madeBytes, c.receivedBytes(), "received bytes");
        assertEquals(made, released + c.queued(), "released frames and queued ones");
        assertTrue(c.maxLength() <= c.capacity(), () -> "longer than its capacity: " + c);
    }

    /** As {@link #assertConserved}, and all frames have left or are dropped, so that all pools are full again. */
    void assertDone() {
        assertConserved();
        assertEquals(0, queue.counters().queued(), "frames queued at the end");
        pools.forEach(FramePool::assertBalanced);
    }
}
