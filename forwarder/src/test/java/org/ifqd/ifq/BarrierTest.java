package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract 6: when the start barrier returns, nobody is in start, nobody will be; and it does return. */
class BarrierTest {

    /** A rig with a thread held in start. */
    private static final class HeldStart {
        final Rig rig = Rig.lossy(16, 16);
        final FramePool pool = rig.pool(64);
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);
        private final Crew crew = new Crew();

        HeldStart() {
            rig.ifnet.up();
            rig.driver.inStart = () -> {
                inside.countDown();
                Crew.await("start may go on", leave);
            };
            crew.add("held in start", () -> rig.enqueue(pool, 1)).begin();
            Crew.await("a thread is in start", inside);
        }

        void free() {
            leave.countDown();
            crew.join();
        }
    }

    @Test
    @DisplayName("I8, S5: the barrier does not return before the start that runs has ended")
    void barrierWaitsForTheRunningStart() {
        HeldStart held = new HeldStart();
        AtomicBoolean passed = new AtomicBoolean();
        held.rig.ifnet.clearRunning();
        Crew barrier = new Crew().add("barrier", () -> {
            held.rig.ifnet.startBarrier();
            passed.set(true);
            held.rig.driver.ring.unmap();
        });
        barrier.begin();
        Crew.await("the barrier waits", () -> held.rig.serializer.counters().contended() > 0);
        assertFalse(passed.get(), "the barrier returned with a thread in start");
        held.free();
        barrier.join();
        held.rig.ifnet.purge();
        held.rig.assertDone();
    }

    @Test
    @DisplayName("T2, I9: four barriers at once all return, from a busy and from an idle interface")
    void concurrentBarriersAllReturn() {
        HeldStart held = new HeldStart();
        held.rig.ifnet.clearRunning();
        Crew barriers = new Crew();
        for (int i = 0; i < 4; i++) {
            barriers.add("barrier " + i, held.rig.ifnet::startBarrier);
        }
        barriers.begin();
        Crew.await("all four wait", () -> held.rig.serializer.counters().contended() == 4);
        held.free();
        barriers.join();
        for (int round = 0; round < 500; round++) {
            Crew idle = new Crew();
            for (int i = 0; i < 4; i++) {
                idle.add("barrier " + i, held.rig.ifnet::startBarrier);
            }
            idle.join();
        }
        held.rig.ifnet.purge();
        held.rig.assertDone();
    }

    @Test
    @DisplayName("I9: the barrier returns when the queue is empty, and when the port is oactive with a backlog")
    void barrierReturnsWhateverTheQueueHolds() {
        Rig rig = Rig.lossy(16, 2);
        FramePool pool = rig.pool(64);
        rig.ifnet.startBarrier();
        rig.ifnet.up();
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        rig.ifnet.up();
        rig.enqueue(pool, 5);
        assertTrue(rig.queue.isOactive());
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        assertEquals(3, rig.ifnet.purge());
        assertFalse(rig.queue.isOactive(), "a port that is down is not oactive");
        rig.assertDone();
    }

    @Test
    @DisplayName("contract 6: a barrier while RUNNING, from inside start, or of a locked driver is a programming error")
    void barrierOutOfPlaceThrows() {
        Rig rig = Rig.up(16, 16);
        assertThrows(IllegalStateException.class, rig.ifnet::startBarrier);
        AtomicInteger refused = new AtomicInteger();
        rig.driver.inStart = () -> {
            rig.ifnet.clearRunning();
            assertThrows(IllegalStateException.class, rig.ifnet::startBarrier);
            refused.incrementAndGet();
        };
        FramePool pool = rig.pool(16);
        rig.enqueue(pool, 1);
        assertTrue(refused.get() > 0, "start ran");
        rig.ifnet.startBarrier();
        rig.assertDone();
        Faults faults = new Faults();
        Ifnet locked = Ifnet.locked(
                "lock0",
                new SendQueue(4),
                Serializers.inUse("lock0", faults),
                new KernelLock(),
                (queue, dequeue) -> {});
        assertThrows(IllegalStateException.class, locked::startBarrier);
    }

    @Test
    @DisplayName("contract 6: the barrier does not deadlock while start is re-entered")
    void barrierPassesAStartThatIsReEntered() {
        HeldStart held = new HeldStart();
        Ifnet ifnet = held.rig.ifnet;
        held.rig.driver.inStart = () -> {
            ifnet.start();
            ifnet.restart();
        };
        ifnet.clearRunning();
        Crew crew = new Crew().add("barrier", ifnet::startBarrier).add("starter", () -> {
            for (int i = 0; i < 1000; i++) {
                ifnet.start();
            }
        });
        crew.begin();
        held.free();
        crew.join();
        ifnet.purge();
        held.rig.assertDone();
    }

    @Test
    @DisplayName("the barrier survives an interrupt: it returns after the start, with the interrupt still pending")
    void anInterruptDoesNotOpenTheBarrier() {
        HeldStart held = new HeldStart();
        held.rig.ifnet.clearRunning();
        AtomicBoolean passed = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch ready = new CountDownLatch(1);
        Crew barrier = new Crew().add("interrupted barrier", () -> {
            Thread.currentThread().interrupt();
            ready.countDown();
            held.rig.ifnet.startBarrier();
            passed.set(true);
            interrupted.set(Thread.interrupted());
        });
        barrier.begin();
        Crew.await("the barrier waits", () -> held.rig.serializer.counters().contended() > 0);
        assertFalse(passed.get(), "the interrupt opened the barrier");
        held.free();
        barrier.join();
        assertTrue(interrupted.get(), "the interrupt is not swallowed");
        held.rig.ifnet.purge();
        held.rig.assertDone();
    }

    @Test
    @DisplayName("contract 6: a barrier that is stuck says where: interface, thread, stack")
    void aStuckBarrierNamesThreadAndStack() {
        HeldStart held = new HeldStart();
        held.rig.ifnet.clearRunning();
        Crew barrier = new Crew().add("barrier", held.rig.ifnet::startBarrier);
        barrier.begin();
        Crew.await("a report", () -> held.rig.faults.stuckReports.get() > 0);
        held.free();
        barrier.join();
        String report = held.rig.faults.stuckAt;
        assertTrue(report.startsWith("rig0 held in start"), report);
        assertTrue(report.contains("moveFrames"), report);
        held.rig.ifnet.purge();
        held.rig.assertDone();
    }
}
