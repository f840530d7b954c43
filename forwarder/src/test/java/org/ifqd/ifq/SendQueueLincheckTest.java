package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ifqd.frame.FrameBatch;
import org.ifqd.stats.DropReason;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The differential oracle: Lincheck runs random programs of two threads on a {@link SendQueue}, and for every
 * interleaving that it tries there must be an order of the calls in which {@link ReferenceQueue}, fed by one thread,
 * gives the same results: the same frames in the same order, and the same books at every look at them.
 *
 * <p>Public, with public operations, because Lincheck calls them by reflection.
 */
@Tag("lincheck")
@Param(name = "frame", gen = IntGen.class, conf = "10:99")
public class SendQueueLincheckTest {
    private final SendQueue queue = new SendQueue(ReferenceQueue.CAPACITY);
    private final FrameBatch out = new FrameBatch(2);

    public SendQueueLincheckTest() {
        queue.setRunning(true);
    }

    @Operation
    public int offer(@Param(name = "frame") int number) {
        FrameBatch batch = new FrameBatch(2);
        batch.add(number, 60, 0, (token, frames) -> {}, 0);
        batch.add(number + 1, 60, 0, (token, frames) -> {}, 0);
        return queue.offer(batch);
    }

    /**
     * What start does; the group keeps it on one thread at a time. Books between its two steps show the frames in the
     * driver.
     */
    @Operation(nonParallelGroup = "start")
    public String dequeue() {
        int n = queue.dequeue(out, 2);
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < n; i++) {
            numbers.append(out.address(i)).append(' ');
        }
        if (n > 0) {
            queue.sent(n, out.bytes(0, n));
        }
        return numbers.toString();
    }

    @Operation(nonParallelGroup = "start")
    public void setOactive() {
        queue.setOactive();
    }

    @Operation
    public void clearOactive() {
        queue.clearOactive();
    }

    @Operation
    public void setRunning(boolean value) {
        queue.setRunning(value);
    }

    /** Not beside a dequeue, which is two steps in the books and one in the reference. */
    @Operation(nonParallelGroup = "start")
    public String books() {
        QueueCounters c = queue.counters();
        if (c.unaccounted() != 0 || c.inDriver() != 0) {
            return "unaccounted " + c;
        }
        return ReferenceQueue.books(
                c.received(),
                c.receivedBytes(),
                c.sent(),
                c.sentBytes(),
                c.dropped(DropReason.QUEUE_FULL),
                c.dropped(DropReason.NOT_RUNNING),
                c.length(),
                c.maxLength(),
                c.oactive(),
                c.oactives());
    }

    /** The oracle must be able to say no: the reference itself, used by two threads without a lock. */
    @Param(name = "frame", gen = IntGen.class, conf = "10:99")
    public static class Unlocked {
        private final ReferenceQueue queue = new ReferenceQueue();

        @Operation
        public int offer(@Param(name = "frame") int number) {
            return queue.offer(number);
        }

        @Operation(nonParallelGroup = "start")
        public String dequeue() {
            return queue.dequeue();
        }
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2)
                .iterations(10)
                .invocationsPerIteration(100)
                .sequentialSpecification(ReferenceQueue.class);
    }

    @Test
    @DisplayName(
            "differential oracle: order and counters are those of a reference queue fed with the linearised history")
    void resultsAreThoseOfTheReferenceQueue() {
        options().check(getClass());
    }

    @Test
    @DisplayName("the oracle rejects a queue without a lock")
    void anUnlockedQueueIsRejected() {
        assertThrows(LincheckAssertionError.class, () -> options().check(Unlocked.class));
    }
}
