package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.Test;

class StartPolicyTest {

    @Test
    void namesAreThoseOfTheCommandLine() {
        for (StartMode mode : StartMode.values()) {
            assertEquals(mode, StartMode.parse(mode.toString()));
        }
        assertEquals(StartMode.BUNDLED, StartMode.parse("bundled"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> StartMode.parse("DIRECT"))
                .getMessage()
                .contains("direct, bundled, task"));
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> StartPolicy.of(StartMode.TASK, null));
        assertThrows(IllegalArgumentException.class, () -> StartPolicy.of(StartMode.BUNDLED, null));
        assertThrows(IllegalArgumentException.class, () -> StartPolicy.ON_CALLER.withTxmit(0));
        assertThrows(IllegalArgumentException.class, () -> StartPolicy.ON_CALLER.withBudget(-1));
    }

    @Test
    void directSendsOnTheCaller() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 64).up()) {
            rig.send(1);
            assertEquals(1, rig.takenHere());
            rig.assertAllLeft();
        }
    }

    @Test
    void taskSendsOnTheWorkerHoweverManyThereAre() {
        try (StartRig rig = new StartRig(StartMode.TASK, 64).up()) {
            rig.send(64);
            rig.assertAllLeft();
            assertEquals(0, rig.takenHere());
        }
    }

    @Test
    void aSingleFrameOfABundleLeavesWithoutFurtherTraffic() {
        try (StartRig rig = new StartRig(StartMode.BUNDLED, 64).up()) {
            for (int i = 1; i <= 1000; i++) {
                rig.send(1);
                long sent = i;
                StartRig.await("frame " + i, () -> rig.driver.taken.get() == sent);
            }
            assertEquals(0, rig.takenHere());
            rig.assertAllLeft();
        }
    }

    @Test
    void aFullBundleLeavesOnTheCallerAndCancelsTheDeferredStart() {
        try (StartRig rig = new StartRig(StartMode.BUNDLED, 64).up()) {
            CountDownLatch free = new CountDownLatch(1);
            rig.occupyWorker(free);
            for (int i = 1; i < StartPolicy.DEFAULT_TXMIT; i++) {
                rig.send(1);
            }
            assertEquals(0, rig.driver.taken.get(), "below txmit the frames wait for the worker");
            rig.send(1);
            assertEquals(StartPolicy.DEFAULT_TXMIT, rig.takenHere(), "at txmit they leave now");
            long enters = rig.ifnet.serializerCounters().enters();
            free.countDown();
            rig.quiesceWorker();
            assertEquals(enters, rig.ifnet.serializerCounters().enters(), "the worker came for nothing");
            rig.assertAllLeft();
        }
    }

    @Test
    void aFullQueueDoesNotWaitForABundleThatCannotFit() {
        try (StartRig rig = new StartRig(StartMode.BUNDLED, 4).up()) {
            rig.send(4);
            assertEquals(4, rig.takenHere());
        }
    }

    @Test
    void txmitOfOneIsNoMitigation() {
        try (StartRig rig = new StartRig(StartMode.BUNDLED, 1, 0, 64).up()) {
            rig.send(1);
            assertEquals(1, rig.takenHere());
        }
    }

    @Test
    void restartAndUpAreImmediate() {
        for (StartMode mode : StartMode.values()) {
            try (StartRig rig = new StartRig(mode, 64).up()) {
                CountDownLatch free = new CountDownLatch(1);
                rig.occupyWorker(free);
                rig.queue.setOactive();
                rig.send(3);
                assertEquals(0, rig.driver.taken.get());
                rig.ifnet.restart();
                assertEquals(3, rig.takenHere(), "restart, " + mode);
                rig.queue.setOactive();
                rig.send(2);
                rig.ifnet.clearRunning();
                rig.ifnet.up();
                assertEquals(5, rig.takenHere(), "up, " + mode);
                free.countDown();
                rig.assertAllLeft();
            }
        }
    }

    @Test
    void theBarrierWithdrawsADeferredStart() {
        for (StartMode mode : new StartMode[] {StartMode.BUNDLED, StartMode.TASK}) {
            try (StartRig rig = new StartRig(mode, 64).up()) {
                CountDownLatch free = new CountDownLatch(1);
                rig.occupyWorker(free);
                rig.send(3);
                rig.ifnet.clearRunning();
                rig.ifnet.startBarrier();
                rig.driver.mapped = false;
                long enters = rig.ifnet.serializerCounters().enters();
                free.countDown();
                rig.quiesceWorker();
                assertEquals(enters, rig.ifnet.serializerCounters().enters(), "the worker came after the barrier");
                assertEquals(0, rig.driver.starts.get());
                assertEquals(3, rig.ifnet.purge());
                rig.assertAllLeft();
            }
        }
    }

    @Test
    void theBarrierWaitsForAStartOnTheWorker() throws InterruptedException {
        try (StartRig rig = new StartRig(StartMode.TASK, 64).up()) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            rig.driver.afterTaking = () -> {
                entered.countDown();
                StartRig.await("the test to let start go", () -> leave.getCount() == 0);
            };
            rig.send(1);
            StartRig.await("start on the worker", () -> entered.getCount() == 0);
            rig.ifnet.clearRunning();
            Thread taker = Thread.ofPlatform().start(rig.ifnet::startBarrier);
            StartRig.await("the barrier to wait", () -> taker.getState() == Thread.State.TIMED_WAITING);
            leave.countDown();
            taker.join(StartRig.DEADLINE_MS);
            assertTrue(!taker.isAlive(), "the barrier returns once start has");
            rig.assertAllLeft();
        }
    }

    @Test
    void startsRunOnTheirCallersOnceTheWorkerIsClosed() {
        for (StartMode mode : StartMode.values()) {
            try (StartRig rig = new StartRig(mode, 64).up()) {
                rig.worker.close();
                rig.send(1);
                assertEquals(1, rig.takenHere(), mode.toString());
            }
        }
    }

    @Test
    void aLockedDriverIsStartedOnTheWorkerWithTheKernelLock() {
        KernelLock lock = new KernelLock();
        SinkDriver sink = new SinkDriver();
        SendQueue queue = new SendQueue(64);
        Thread[] started = new Thread[1];
        boolean[] held = new boolean[1];
        try (StartRig rig = new StartRig(StartMode.TASK, 64)) {
            LockedDriver driver = (q, dequeue) -> {
                started[0] = Thread.currentThread();
                held[0] = lock.isHeld();
                sink.start(q);
            };
            TaskListSerializer serializer = new TaskListSerializer("if1", null);
            Ifnet ifnet =
                    Ifnet.locked("if1", queue, serializer, lock, driver, StartPolicy.of(StartMode.TASK, rig.worker));
            ifnet.up();
            FrameBatch batch = new FrameBatch(1);
            sink.fill(batch, 0, 1, 1);
            ifnet.enqueue(batch);
            StartRig.await("the frame", () -> queue.counters().sent() == 1);
            rig.quiesceWorker();
            assertEquals("test-softnet", started[0].getName());
            assertTrue(held[0]);
        }
    }
}
