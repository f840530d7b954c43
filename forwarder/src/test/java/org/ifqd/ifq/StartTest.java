package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract points 2, 3 and 5 on one interface, one situation at a time. */
class StartTest {

    @Test
    @DisplayName("contract 2, I4: the thread inside sends what another one queued meanwhile")
    void theThreadInsideSendsForTheOthers() {
        Rig rig = Rig.up(64, 64);
        FramePool first = rig.pool(16);
        FramePool second = rig.pool(16);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        rig.driver.inStart = () -> {
            inside.countDown();
            Crew.await("start may go on", leave);
        };
        Crew sender = new Crew().add("sender", () -> rig.enqueue(first, 1));
        sender.begin();
        Crew.await("a thread is in start", inside);
        new Crew().add("other", () -> rig.enqueue(second, 5)).join(); // returns while start is held
        leave.countDown();
        sender.join();
        assertEquals(6, rig.driver.reap(64), "frames on the ring");
        rig.assertNothingStranded();
        rig.assertDone();
    }

    @Test
    @DisplayName("contract 2, I6: enqueue, start and restart from inside start return at once, and are served")
    void reEntrantCallsReturnAndAreServed() {
        Rig rig = Rig.up(64, 64);
        FramePool pool = rig.pool(64);
        AtomicInteger left = new AtomicInteger(20);
        rig.driver.inStart = () -> {
            if (left.getAndDecrement() > 0) {
                rig.enqueue(pool, 1);
                rig.ifnet.restart();
            }
        };
        rig.enqueue(pool, 1);
        assertEquals(21, rig.driver.reap(64));
        rig.assertDone();
    }

    @Test
    @DisplayName("I15: while oactive, start does nothing and frames gather up to the capacity")
    void oactiveStopsStartAndFramesGather() {
        Rig rig = Rig.up(8, 2);
        FramePool pool = rig.pool(64);
        rig.enqueue(pool, 3);
        long starts = rig.driver.starts();
        assertTrue(rig.queue.isOactive());
        assertEquals(7, rig.enqueue(pool, 9), "kept: the queue holds 1 of 8");
        rig.ifnet.start();
        rig.ifnet.start();
        assertEquals(starts, rig.driver.starts(), "starts while oactive");
        assertEquals(8, rig.queue.length());
        QueueCounters c = rig.queue.counters();
        assertEquals(2, c.dropped(DropReason.QUEUE_FULL));
        assertEquals(1, c.oactives());
        rig.assertConserved();
        while (rig.driver.complete(rig.ifnet, 1) > 0) {
            rig.assertNothingStranded();
        }
        assertEquals(10, rig.driver.wire.carried());
        rig.assertDone();
    }

    @Test
    @DisplayName("I14: oactive is set only with frames on the ring and the completion event asked for")
    void oactiveMeansThatACompletionIsDue() {
        Rig rig = Rig.up(64, 1);
        FramePool pool = rig.pool(64);
        rig.enqueue(pool, 30);
        int rounds = 0;
        while (rig.driver.ring.inFlight() > 0) {
            if (rig.queue.isOactive()) {
                assertTrue(rig.driver.isEventWanted(), "oactive without the event asked for");
            }
            rig.driver.complete(rig.ifnet, 1);
            rounds++;
        }
        assertEquals(30, rounds);
        assertFalse(rig.queue.isOactive() && rig.driver.ring.inFlight() == 0, "oactive with an empty ring");
        rig.assertDone();
    }

    @Test
    @DisplayName("I16, T5: a restart that comes after down does not touch the ring")
    void aLateRestartLeavesTheDeadRingAlone() {
        Rig rig = Rig.lossy(16, 2);
        FramePool pool = rig.pool(64);
        rig.ifnet.up();
        rig.enqueue(pool, 5);
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        rig.driver.ring.unmap();
        rig.ifnet.restart();
        rig.ifnet.start();
        assertEquals(3, rig.queue.length());
        rig.ifnet.purge();
        rig.ifnet.restart();
        rig.assertDone();
    }

    @Test
    @DisplayName("I17, T6: up sends the backlog without a further enqueue")
    void upSendsTheBacklog() {
        Rig rig = Rig.lossy(16, 2);
        FramePool pool = rig.pool(64);
        rig.ifnet.up();
        rig.enqueue(pool, 4);
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        rig.driver.ring.unmap();
        rig.driver.ring.map();
        assertEquals(2, rig.queue.length(), "backlog over down");
        rig.ifnet.up();
        assertEquals(0, rig.queue.length(), "backlog after up");
        assertEquals(2, rig.driver.reap(8));
        rig.assertDone();
    }

    @Test
    @DisplayName("contract 7: a port that is down drops and counts; purge counts and releases")
    void downDropsAndPurgeCounts() {
        Rig rig = Rig.lossy(16, 2);
        FramePool pool = rig.pool(64);
        assertEquals(0, rig.enqueue(pool, 3));
        rig.ifnet.up();
        assertThrows(IllegalStateException.class, rig.ifnet::purge, "purge while RUNNING");
        rig.enqueue(pool, 10);
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        assertEquals(8, rig.ifnet.purge());
        QueueCounters c = rig.queue.counters();
        assertEquals(3, c.dropped(DropReason.NOT_RUNNING));
        assertEquals(8, c.dropped(DropReason.PURGED));
        assertEquals(2, c.sent());
        rig.assertDone();
    }

    @Test
    @DisplayName("a start that throws is reported, and the next start sends what it left")
    void aThrowingStartDoesNotWedgeTheInterface() {
        Rig rig = Rig.throwing(16, 16);
        FramePool pool = rig.pool(64);
        rig.driver.inStart = () -> {
            throw new IllegalStateException("as the test wants");
        };
        rig.enqueue(pool, 4);
        assertEquals(1, rig.faults.failedTasks.get());
        rig.assertConserved();
        rig.driver.inStart = () -> {};
        rig.ifnet.start();
        assertEquals(4, rig.driver.reap(16));
        rig.assertDone();
    }
}
