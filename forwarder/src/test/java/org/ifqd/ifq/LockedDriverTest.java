package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract 4: drivers that have not opted in run with the kernel lock held and may put a frame back. */
class LockedDriverTest {
    private final Faults faults = new Faults();
    private final KernelLock kernelLock = new KernelLock();

    private Ifnet locked(String name, int capacity, LockedDriver driver) {
        return Ifnet.locked(name, new SendQueue(capacity), Serializers.inUse(name, faults), kernelLock, driver);
    }

    @Test
    @DisplayName(
            "S7, I2, I21: two locked interfaces under one kernel lock; what the device refused leaves next, in order")
    void lockedDriversHoldTheKernelLockAndKeepTheOrder() {
        Ifnet[] ports = new Ifnet[2];
        FakeLockedDriver[] drivers = new FakeLockedDriver[2];
        FramePool[] pools = new FramePool[4];
        AtomicInteger producersLeft = new AtomicInteger(4);
        Crew crew = new Crew();
        for (int p = 0; p < 2; p++) {
            drivers[p] = new FakeLockedDriver(new Wire(faults, true), kernelLock, 3, faults);
            ports[p] = locked("lock" + p, 64, drivers[p]);
            ports[p].up();
        }
        for (int t = 0; t < 4; t++) {
            FramePool pool = pools[t] = new FramePool(t, 256);
            Ifnet port = ports[t % 2];
            crew.add("producer " + t, () -> {
                FrameBatch batch = new FrameBatch(4);
                for (int i = 0; i < 20_000; i++) {
                    pool.fill(batch, 1 + i % 4);
                    port.enqueue(batch);
                }
                producersLeft.decrementAndGet();
            });
        }
        crew.add("completion", () -> {
            while (producersLeft.get() > 0 | drivers[0].complete(ports[0]) | drivers[1].complete(ports[1])) {
                Thread.onSpinWait();
            }
        });
        crew.join();
        faults.check();
        for (int p = 0; p < 2; p++) {
            QueueCounters c = ports[p].queue().counters();
            assertEquals(0, c.queued(), "stranded on lock" + p);
            assertEquals(0, c.unaccounted(), "unaccounted on lock" + p);
            assertEquals(c.sent(), drivers[p].wire.carried());
            assertTrue(c.oactives() > 0, "the device refused frames");
            assertEquals(pools[p].made() + pools[p + 2].made(), c.received());
        }
        for (FramePool pool : pools) {
            pool.assertBalanced();
        }
    }

    @Test
    @DisplayName("contract 4: clearRunning of a locked driver returns with no start running, and none to come")
    void clearRunningWaitsForTheLockedStart() {
        AtomicBoolean deviceGone = new AtomicBoolean();
        AtomicInteger starts = new AtomicInteger();
        FrameBatch head = new FrameBatch(1);
        Ifnet port = locked("lock0", 64, (queue, dequeue) -> {
            while (dequeue.begin(head)) {
                dequeue.commit();
                if (deviceGone.get()) {
                    faults.raise("start runs on a device that is gone");
                }
                queue.sent(1, head.bytes(0, 1));
                head.release(0, 1);
                starts.incrementAndGet();
            }
        });
        FramePool pool = new FramePool(0, 512);
        AtomicBoolean stop = new AtomicBoolean();
        new Crew()
                .add("producer", () -> {
                    FrameBatch batch = new FrameBatch(8);
                    while (!stop.get()) {
                        pool.fill(batch, 8);
                        if (port.enqueue(batch) == 0) {
                            Thread.yield(); // down, or full
                        }
                    }
                })
                .add("control", () -> {
                    for (int round = 0; round < 500; round++) {
                        int before = starts.get();
                        deviceGone.set(false);
                        port.up();
                        Crew.await("frames sent", () -> starts.get() > before);
                        port.clearRunning();
                        deviceGone.set(true);
                        port.purge();
                    }
                    stop.set(true);
                })
                .join();
        faults.check();
        assertEquals(0, port.queue().counters().unaccounted());
        assertEquals(0, port.queue().counters().queued());
        assertEquals(pool.made(), port.queue().counters().received());
        pool.assertBalanced();
    }

    @Test
    @DisplayName("a locked start that throws between begin and commit leaves the frame, and the next start sends it")
    void aThrowingLockedStartGivesTheHeadBack() {
        Faults expecting = new Faults(true);
        AtomicBoolean broken = new AtomicBoolean(true);
        FrameBatch head = new FrameBatch(1);
        SendQueue queue = new SendQueue(4);
        Serializer serializer = Serializers.inUse("lock0", expecting);
        Ifnet port = Ifnet.locked("lock0", queue, serializer, kernelLock, (q, dequeue) -> {
            while (dequeue.begin(head)) {
                if (broken.get()) {
                    throw new IllegalStateException("as the test wants");
                }
                dequeue.commit();
                q.sent(1, head.bytes(0, 1));
                head.release(0, 1);
            }
        });
        port.up();
        FramePool pool = new FramePool(0, 8);
        FrameBatch batch = new FrameBatch(2);
        pool.fill(batch, 2);
        port.enqueue(batch);
        assertEquals(1, expecting.failedTasks.get());
        assertEquals(2, queue.length());
        broken.set(false);
        port.start();
        assertEquals(0, queue.length(), "frames left after a start that works");
        assertEquals(2, queue.counters().sent());
        assertEquals(0, queue.counters().unaccounted());
        pool.assertBalanced();
        assertTrue(!kernelLock.isHeld(), "the kernel lock is free");
    }
}
