package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.Test;

/** I31: who drains for the others hands over. */
class StartBudgetTest {
    private static final int BUDGET = 128;

    /**
     * Other producers whose frames always come just in time to keep the thread inside: each time that the driver has
     * taken some, the same number is enqueued anew, from inside start, until {@code total} have come.
     */
    private static void feed(StartRig rig, int total) {
        AtomicLong fed = new AtomicLong();
        rig.driver.afterTaking = () -> {
            long next = fed.get() + 1;
            if (next <= total) {
                FrameBatch batch = new FrameBatch(1);
                rig.driver.fill(batch, 1, next, 1);
                fed.incrementAndGet();
                rig.ifnet.enqueue(batch);
            }
        };
    }

    @Test
    void aCapturedThreadIsReleasedAfterItsBudgetAndNothingIsStranded() {
        for (StartMode mode : new StartMode[] {StartMode.DIRECT, StartMode.BUNDLED}) {
            try (StartRig rig = new StartRig(mode, 1, BUDGET, 1024).up()) {
                feed(rig, 100_000);
                rig.send(1);
                assertTrue(rig.takenHere() >= BUDGET, "gave up early: " + rig.takenHere());
                assertTrue(rig.takenHere() < 2 * BUDGET, "captured for " + rig.takenHere() + " frames");
                StartRig.await("all frames", () -> rig.driver.taken.get() == 100_001);
                rig.assertAllLeft();
            }
        }
    }

    @Test
    void aThreadThatIsKeptByManyShortStartsIsReleasedAsWell() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 1, BUDGET, 1024)) {
            rig.driver.afterTaking = () -> {};
            rig.up();
            AtomicLong fed = new AtomicLong();
            SerialTask[] other = new SerialTask[1];
            // a frame comes after each start has seen the queue empty, so that no start ever takes more than one
            Thread[] me = {Thread.currentThread()};
            AtomicLong mine = new AtomicLong();
            TaskListSerializer serializer = new TaskListSerializer("if1", null);
            SendQueue queue = new SendQueue(1024);
            Ifnet ifnet = Ifnet.mpsafe(
                    "if1",
                    queue,
                    serializer,
                    q -> {
                        FrameBatch one = new FrameBatch(1);
                        int n = q.dequeue(one, 1);
                        q.sent(n, 60L * n);
                        mine.addAndGet(Thread.currentThread() == me[0] ? n : 0);
                        if (fed.incrementAndGet() < 10_000) {
                            FrameBatch next = new FrameBatch(1);
                            rig.driver.fill(next, 0, 1, 1);
                            q.offer(next);
                            serializer.serialize(other[0]);
                        }
                    },
                    StartPolicy.of(StartMode.DIRECT, rig.worker).withBudget(BUDGET));
            other[0] = new SerialTask(ifnet::start);
            ifnet.up();
            FrameBatch first = new FrameBatch(1);
            rig.driver.fill(first, 0, 1, 1);
            ifnet.enqueue(first);
            StartRig.await("all frames to leave", () -> queue.counters().sent() == 10_000);
            assertEquals(BUDGET, mine.get());
            rig.quiesceWorker();
        }
    }

    @Test
    void aLoneProducerNeverHandsOver() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 256).up()) {
            for (int i = 0; i < 1000; i++) {
                rig.send(i % 256 + 1);
            }
            assertEquals(rig.driver.taken.get(), rig.takenHere());
            rig.assertAllLeft();
        }
    }

    @Test
    void aCompletionThatFindsAFullQueueSendsAllOfItItself() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 256).up()) {
            rig.queue.setOactive();
            rig.send(256);
            rig.ifnet.restart();
            assertEquals(256, rig.takenHere());
            rig.assertAllLeft();
        }
    }

    @Test
    void withoutAWorkerTheThreadStays() {
        SinkDriver driver = new SinkDriver();
        SendQueue queue = new SendQueue(64);
        Ifnet ifnet = Ifnet.mpsafe("if0", queue, new TaskListSerializer("if0", null), driver);
        ifnet.up();
        AtomicLong fed = new AtomicLong(1);
        driver.afterTaking = () -> {
            if (fed.get() <= 10_000) {
                FrameBatch batch = new FrameBatch(1);
                driver.fill(batch, 0, fed.getAndIncrement(), 1);
                ifnet.enqueue(batch);
            }
        };
        driver.afterTaking.run();
        assertEquals(10_000, driver.takenBy(Thread.currentThread()));
    }

    @Test
    void aThreadWhoseWorkerIsClosedStays() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 1, BUDGET, 1024).up()) {
            rig.worker.close();
            feed(rig, 10_000);
            rig.send(1);
            assertEquals(10_001, rig.takenHere());
        }
    }

    @Test
    void whoComesAfterAHandOverNeedsNoWorker() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 1, BUDGET, 1024).up()) {
            CountDownLatch free = new CountDownLatch(1);
            rig.occupyWorker(free);
            feed(rig, 3 * BUDGET);
            rig.send(1);
            assertTrue(rig.queue.length() > 0, "handed over to a worker that is busy");
            rig.ifnet.start();
            rig.ifnet.start();
            rig.ifnet.start();
            assertEquals(3 * BUDGET + 1, rig.takenHere());
            free.countDown();
            rig.assertAllLeft();
        }
    }

    @Test
    void theBarrierTakesBackWhatWasHandedOver() {
        try (StartRig rig = new StartRig(StartMode.DIRECT, 1, BUDGET, 1024).up()) {
            CountDownLatch free = new CountDownLatch(1);
            rig.occupyWorker(free);
            feed(rig, 100_000);
            rig.send(1);
            rig.ifnet.clearRunning();
            rig.ifnet.startBarrier();
            rig.driver.mapped = false;
            long enters = rig.ifnet.serializerCounters().enters();
            free.countDown();
            rig.quiesceWorker();
            assertEquals(enters, rig.ifnet.serializerCounters().enters(), "the worker came after the barrier");
            rig.ifnet.purge();
            rig.assertAllLeft();
        }
    }
}
