package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract points 1, 3 and 7 under load, without any completion that could cover for a start that was forgotten. */
class StrandedFrameStressTest {
    private static final int PRODUCERS = 3;

    @Test
    @DisplayName("I3, S2: when all calls have returned the queue is empty, round after round")
    void noFrameIsLeftBehind() {
        int rounds = Stress.rounds(20_000);
        Rig rig = Rig.up(64, 64);
        rig.driver.pausing();
        CyclicBarrier end = new CyclicBarrier(PRODUCERS, () -> {
            rig.assertNothingStranded();
            rig.driver.reap(64);
        });
        CyclicBarrier begin = new CyclicBarrier(PRODUCERS);
        Crew crew = new Crew();
        for (int t = 0; t < PRODUCERS; t++) {
            FramePool pool = rig.pool(128);
            crew.add("producer " + t, () -> {
                for (int round = 0; round < rounds; round++) {
                    begin.await(Crew.DEADLINE_MS, TimeUnit.MILLISECONDS);
                    rig.enqueue(pool, 1);
                    rig.enqueue(pool, 2);
                    end.await(Crew.DEADLINE_MS, TimeUnit.MILLISECONDS);
                }
            });
        }
        crew.join();
        rig.assertDone();
        assertEquals(9L * rounds, rig.driver.wire.carried());
    }

    @Test
    @DisplayName(
            "I1, I2, I19, S1, S3, S8: producers at full speed through a small ring; order, one at a time, exact books")
    void orderAndBooksHoldAtFullSpeed() {
        int frames = Stress.rounds(300_000);
        Rig rig = Rig.lossy(32, 8);
        rig.driver.pausing();
        rig.ifnet.up();
        Crew senders = new Crew();
        for (int t = 0; t < PRODUCERS; t++) {
            FramePool pool = rig.pool(256);
            senders.add("producer " + t, () -> {
                for (int i = 0; pool.made() < frames; i++) {
                    rig.enqueue(pool, 1 + i % 7);
                }
            });
        }
        Crew completion = new Crew();
        rig.completing(completion);
        completion.begin();
        senders.join();
        Crew.await("the backlog has left", () -> rig.queue.length() == 0 && rig.driver.ring.inFlight() == 0);
        rig.stopCompletion();
        completion.join();
        rig.assertDone();
        QueueCounters c = rig.queue.counters();
        assertEquals(c.sent(), rig.driver.wire.carried(), "sent, and arrived at the far end");
        assertTrue(c.dropped(DropReason.QUEUE_FULL) > 0, "the test overloads the queue");
    }

    @Test
    @DisplayName("contract 7, I18: every snapshot taken under load adds up, and no counter runs backwards")
    void everySnapshotAddsUp() {
        Rig rig = Rig.lossy(32, 8);
        rig.ifnet.up();
        Crew crew = new Crew();
        rig.completing(crew);
        FramePool pool = rig.pool(256);
        crew.add("producer", () -> {
            for (int i = 0; i < 100_000; i++) {
                rig.enqueue(pool, 1 + i % 5);
            }
            rig.stopCompletion();
        });
        crew.begin();
        QueueCounters last = rig.queue.counters();
        while (pool.released() == 0 || last.received() < 100_000) {
            QueueCounters now = rig.queue.counters();
            assertEquals(0, now.unaccounted(), "snapshot does not add up");
            assertTrue(now.length() <= now.capacity() && now.maxLength() >= now.length(), "I20: length");
            assertTrue(
                    now.received() >= last.received()
                            && now.sent() >= last.sent()
                            && now.sentBytes() >= last.sentBytes()
                            && now.droppedTotal() >= last.droppedTotal()
                            && now.oactives() >= last.oactives(),
                    "a counter ran backwards");
            last = now;
        }
        crew.join();
        rig.ifnet.clearRunning();
        rig.ifnet.startBarrier();
        rig.ifnet.purge();
        rig.assertDone();
    }
}
