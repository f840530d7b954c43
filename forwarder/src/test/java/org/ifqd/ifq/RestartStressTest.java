package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Contract 5: completion against a full ring. With a ring of one slot every single frame is a round of that race. */
class RestartStressTest {

    @Test
    @DisplayName("I13, I14, T4, S6: a ring of one slot never stalls, 10^7 rounds with -Difqd.stress=25")
    void aRingOfOneSlotNeverStalls() {
        int rounds = Stress.rounds(400_000);
        Rig rig = Rig.up(64, 1);
        rig.driver.lettingCompletionPass();
        Crew crew = new Crew();
        FramePool pool = rig.pool(256);
        crew.add("producer", () -> {
            while (pool.made() < rounds) {
                // room for the batch, so that nothing is dropped and every frame must arrive, in order
                Crew.await(
                        "room in the queue of a port that completes one frame at a time",
                        () -> rig.queue.length() <= 32);
                rig.enqueue(pool, 32);
            }
        });
        crew.add("completion", () -> {
            long deadline = System.nanoTime() + Crew.DEADLINE_MS * 1_000_000;
            for (int idle = 0; rig.driver.wire.carried() < rounds; ) {
                idle = rig.driver.complete(rig.ifnet, 1) == 0 ? idle + 1 : 0;
                if (idle == 0) {
                    deadline = System.nanoTime() + Crew.DEADLINE_MS * 1_000_000;
                } else if (idle % 64 == 0) {
                    Thread.yield();
                    assertTrue(System.nanoTime() < deadline, () -> "stalled: " + rig.queue.counters());
                }
            }
        });
        crew.join();
        while (rig.driver.complete(rig.ifnet, 1) > 0) {
            rig.assertNothingStranded();
        }
        rig.assertDone();
        QueueCounters c = rig.queue.counters();
        assertEquals(pool.made(), c.sent());
        assertTrue(c.oactives() > rounds / 4, () -> "the ring was full only " + c.oactives() + " times");
    }
}
