package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The serializer by itself: what {@link Serializer} promises, with tasks that are not a start routine. */
class SerializerTest {
    private final Faults faults = new Faults();
    private final Serializer serializer = Serializers.inUse("test0", faults);

    /** A serializer with a thread inside, until {@link #free}; what is handed in meanwhile only gets listed. */
    private final class Occupied {
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);
        private final Crew crew = new Crew();

        Occupied() {
            crew.add(
                            "occupant",
                            () -> serializer.serialize(new SerialTask(() -> {
                                inside.countDown();
                                Crew.await("the occupant may leave", leave);
                            })))
                    .begin();
            Crew.await("the occupant is inside", inside);
        }

        void free() {
            leave.countDown();
            crew.join();
        }
    }

    @Test
    @DisplayName("I1: four threads, one at a time inside")
    void oneThreadAtATimeRunsTasks() {
        AtomicBoolean busy = new AtomicBoolean();
        AtomicInteger overlaps = new AtomicInteger();
        SerialTask task = new SerialTask(() -> {
            if (!busy.compareAndSet(false, true)) {
                overlaps.incrementAndGet();
            }
            busy.set(false);
        });
        Crew crew = new Crew();
        for (int t = 0; t < 4; t++) {
            crew.add("caller " + t, () -> {
                for (int i = 0; i < 100_000; i++) {
                    serializer.serialize(task);
                }
            });
        }
        crew.join();
        assertEquals(0, overlaps.get(), "overlapping runs");
        faults.check();
    }

    @Test
    @DisplayName("I3/I4: what was published before the call is seen by a run that begins after it")
    void noRequestIsForgotten() {
        AtomicLong published = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        SerialTask task = new SerialTask(() -> seen.set(published.get()));
        for (int round = 0; round < 2_000; round++) {
            Crew crew = new Crew();
            for (int t = 0; t < 2; t++) {
                crew.add("caller " + t, () -> {
                    for (int i = 0; i < 20; i++) {
                        published.incrementAndGet();
                        serializer.serialize(task);
                    }
                });
            }
            crew.join();
            assertEquals(published.get(), seen.get(), "publications seen when all calls had returned");
        }
    }

    @Test
    @DisplayName("I4: a request made while its task runs leads to one more run")
    void aRequestDuringTheRunRunsAgain() {
        AtomicInteger runs = new AtomicInteger();
        SerialTask[] self = new SerialTask[1];
        self[0] = new SerialTask(() -> {
            if (runs.incrementAndGet() == 1) {
                serializer.serialize(self[0]);
            }
        });
        serializer.serialize(self[0]);
        assertEquals(2, runs.get());
    }

    @Test
    @DisplayName("I5: k requests during one run cause one more run")
    void identicalRequestsCoalesce() {
        AtomicInteger runs = new AtomicInteger();
        SerialTask task = new SerialTask(runs::incrementAndGet);
        Occupied occupied = new Occupied();
        for (int i = 0; i < 1000; i++) {
            serializer.serialize(task);
        }
        assertEquals(0, runs.get(), "runs while somebody else is inside");
        occupied.free();
        assertEquals(1, runs.get(), "runs for 1000 requests");
        assertEquals(new Serializer.Counters(1, 1, 1000), serializer.counters());
    }

    @Test
    @DisplayName("I6: a task that hands itself in a million times does not grow the stack")
    void aSelfPostingTaskDoesNotRecurse() {
        AtomicInteger runs = new AtomicInteger();
        AtomicLong deepest = new AtomicLong();
        SerialTask[] self = new SerialTask[1];
        self[0] = new SerialTask(() -> {
            int run = runs.incrementAndGet();
            if (run % 100_000 == 1) {
                deepest.accumulateAndGet(StackWalker.getInstance().walk(s -> s.count()), Math::max);
            }
            if (run < 1_000_000) {
                serializer.serialize(self[0]);
            }
        });
        long here = StackWalker.getInstance().walk(s -> s.count());
        serializer.serialize(self[0]);
        assertEquals(1_000_000, runs.get());
        assertTrue(deepest.get() < here + 20, () -> "the stack grew from " + here + " to " + deepest.get() + " frames");
    }

    @Test
    @DisplayName("I7, contract 2: a call that finds somebody inside returns while that one is held there")
    void contendedCallsReturnAtOnce() {
        Occupied occupied = new Occupied();
        AtomicInteger runs = new AtomicInteger();
        SerialTask task = new SerialTask(runs::incrementAndGet);
        new Crew().add("second", () -> serializer.serialize(task)).join(); // ends, or fails at its deadline
        assertEquals(0, runs.get(), "the second call ran the task beside the occupant");
        occupied.free();
        assertEquals(1, runs.get(), "the occupant ran what the second call handed in");
    }

    @Test
    @DisplayName("I12: different tasks run in the order in which they were handed in")
    void tasksRunInTheOrderOfTheirListing() {
        List<Integer> order = new ArrayList<>();
        Occupied occupied = new Occupied();
        for (int i = 0; i < 100; i++) {
            int number = i;
            serializer.serialize(new SerialTask(() -> order.add(number)));
        }
        Crew barrier = new Crew().add("barrier", () -> {
            serializer.barrier();
            order.add(100);
        });
        barrier.begin();
        Crew.await("the barrier is listed", () -> serializer.counters().contended() == 101);
        occupied.free();
        barrier.join();
        for (int i = 0; i <= 100; i++) {
            assertEquals(i, order.get(i));
        }
    }

    @Test
    @DisplayName("a task that throws is reported, and the next one runs")
    void aThrowingTaskDoesNotStopTheOthers() {
        Faults expecting = new Faults(true);
        Serializer own = Serializers.inUse("test1", expecting);
        AtomicInteger runs = new AtomicInteger();
        own.serialize(new SerialTask(() -> {
            own.serialize(new SerialTask(runs::incrementAndGet));
            throw new IllegalStateException("as the test wants");
        }));
        assertEquals(1, expecting.failedTasks.get(), "reports");
        assertEquals(1, runs.get(), "the task behind the throwing one");
        own.serialize(new SerialTask(runs::incrementAndGet));
        assertEquals(2, runs.get(), "the serializer is free again");
        own.barrier();
    }

    @Test
    @DisplayName("I10: a barrier from inside fails at once")
    void aBarrierFromInsideThrows() {
        AtomicBoolean inside = new AtomicBoolean();
        serializer.serialize(new SerialTask(() -> {
            inside.set(serializer.isInside());
            assertThrows(IllegalStateException.class, serializer::barrier);
        }));
        faults.check();
        assertTrue(inside.get(), "isInside, inside");
        assertFalse(serializer.isInside(), "isInside, outside");
        serializer.barrier();
    }
}
