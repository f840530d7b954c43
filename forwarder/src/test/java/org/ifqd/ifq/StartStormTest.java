package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real threads, all modes, a budget that is used up all the time. */
class StartStormTest {
    private static final int PRODUCERS = 3;
    private static final int BUDGET = 8;

    private static List<Thread> producers(StartRig rig, long framesEach, AtomicBoolean stop) {
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < PRODUCERS; p++) {
            int producer = p;
            threads.add(Thread.ofPlatform().start(() -> {
                FrameBatch batch = new FrameBatch(32);
                long next = 1;
                for (int size = 1; next <= framesEach && !stop.get(); size = 1 + (size + 4) % 32) {
                    int n = (int) Math.min(framesEach + 1 - next, size);
                    rig.driver.fill(batch, producer, next, n);
                    next += n;
                    rig.ifnet.enqueue(batch);
                }
            }));
        }
        return threads;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(3 * StartRig.DEADLINE_MS);
            assertFalse(thread.isAlive(), "a producer hangs");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFrameLeavesOnceAndInOrderOrIsCounted(StartMode mode) throws InterruptedException {
        try (StartRig rig = new StartRig(mode, StartPolicy.DEFAULT_TXMIT, BUDGET, 512).up()) {
            join(producers(rig, 20_000_000, new AtomicBoolean()));
            assertEquals(PRODUCERS * 20_000_000L, rig.queue.counters().received());
            rig.assertAllLeft(); // no further traffic: whatever is deferred or handed over must come by itself
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterEachBarrierNobodyTouchesTheRing(StartMode mode) throws InterruptedException {
        try (StartRig rig = new StartRig(mode, StartPolicy.DEFAULT_TXMIT, BUDGET, 512).up()) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> producers = producers(rig, Long.MAX_VALUE / 2, stop);
            for (int round = 0; round < 500 && rig.driver.fault.get() == null; round++) {
                rig.ifnet.clearRunning();
                rig.ifnet.startBarrier();
                rig.driver.mapped = false;
                rig.ifnet.purge();
                Thread.yield();
                rig.driver.mapped = true;
                rig.ifnet.up();
                Thread.yield();
            }
            stop.set(true);
            join(producers);
            rig.assertAllLeft();
        }
    }
}
