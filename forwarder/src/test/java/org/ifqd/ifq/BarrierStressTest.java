package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract 6 under load: after the barrier the ring is unmapped at once, and anybody in it would be seen. */
class BarrierStressTest {

    /** A completion context that can be stopped for good before the barrier, and whose restart may still come late. */
    private static final class Completion {
        private final Object ringAccess = new Object();
        private boolean on;

        void turn(boolean value) {
            synchronized (ringAccess) {
                on = value;
            }
        }

        int look(Rig rig) {
            int n = 0;
            boolean due = false;
            synchronized (ringAccess) {
                if (on) {
                    n = rig.driver.reap(64);
                    due = rig.driver.eventDue();
                }
            }
            if (due) {
                rig.ifnet.restart(); // outside of the lock: it may reach the interface after the barrier (T5)
            }
            return n;
        }
    }

    @Test
    @DisplayName(
            "I8, I16, S5, S8: 10,000 rounds of down, barrier, unmap, up, with producers and completion at full speed")
    void nobodyTouchesTheRingAfterTheBarrier() {
        int rounds = Stress.rounds(10_000);
        Rig rig = Rig.lossy(32, 4);
        rig.driver.pausing();
        rig.driver.ring.unmap();
        Completion completion = new Completion();
        AtomicBoolean stop = new AtomicBoolean();
        Crew crew = new Crew();
        for (int t = 0; t < 2; t++) {
            FramePool pool = rig.pool(256);
            crew.add("producer " + t, () -> {
                for (int i = 0; !stop.get(); i++) {
                    if (rig.enqueue(pool, 1 + i % 5) == 0) {
                        Thread.yield(); // down, or full: on few cores the other threads are who can change that
                    }
                }
            });
        }
        crew.add("completion", () -> {
            while (!stop.get()) {
                if (completion.look(rig) == 0) {
                    Thread.yield();
                }
            }
        });
        crew.add("control", () -> {
            try {
                for (int round = 0; round < rounds; round++) {
                    upAndDown(rig, completion, round);
                }
            } finally {
                stop.set(true);
            }
        });
        crew.join();
        rig.assertDone();
    }

    private static void upAndDown(Rig rig, Completion completion, int round) {
        rig.driver.ring.map();
        long before = rig.driver.starts();
        rig.ifnet.up();
        completion.turn(true);
        if (round % 4 != 0) { // else straight down again
            Crew.await("a start after up", () -> rig.driver.starts() > before);
        }
        rig.ifnet.clearRunning();
        completion.turn(false);
        rig.ifnet.startBarrier();
        rig.driver.ring.unmap();
        rig.ifnet.purge();
        QueueCounters c = rig.queue.counters();
        assertEquals(0, c.queued(), "queued on a port that is down");
        assertEquals(0, c.unaccounted(), "unaccounted");
        rig.faults.check();
    }

    @Test
    @DisplayName("I9, T2: barriers of several threads against a storm of starts all return")
    void barriersReturnInAStormOfStarts() {
        int rounds = Stress.rounds(2_000);
        Rig rig = Rig.lossy(32, 4);
        AtomicBoolean stop = new AtomicBoolean();
        Crew storm = new Crew();
        for (int t = 0; t < 2; t++) {
            storm.add("starter " + t, () -> {
                while (!stop.get()) {
                    rig.ifnet.start();
                    rig.ifnet.restart();
                }
            });
        }
        Crew barriers = new Crew();
        for (int t = 0; t < 2; t++) {
            barriers.add("barrier " + t, () -> {
                for (int i = 0; i < rounds; i++) {
                    rig.ifnet.startBarrier();
                }
            });
        }
        storm.begin();
        barriers.join();
        stop.set(true);
        storm.join();
        assertEquals(0, rig.driver.starts(), "starts on a port that is down");
        rig.assertDone();
    }
}
