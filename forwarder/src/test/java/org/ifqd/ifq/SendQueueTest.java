package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The queue and its books, without a serializer. */
class SendQueueTest {

    private static SendQueue running(int capacity) {
        SendQueue queue = new SendQueue(capacity);
        queue.setRunning(true);
        return queue;
    }

    private static FrameBatch frames(FramePool pool, int n) {
        FrameBatch batch = new FrameBatch(Math.max(n, 1));
        pool.fill(batch, n);
        return batch;
    }

    @Test
    @DisplayName("I2: first in, first out, over many laps of the ring and with batches of any size")
    void framesLeaveInTheOrderInWhichTheyCame() {
        for (int capacity : new int[] {1, 2, 3, 7, 64, 100}) {
            SendQueue queue = running(capacity);
            FramePool pool = new FramePool(0, 512);
            FrameBatch out = new FrameBatch(capacity);
            long expected = 0;
            for (int lap = 0; lap < 1000; lap++) {
                queue.offer(frames(pool, 1 + lap % capacity));
                int n = queue.dequeue(out, 1 + lap % 5);
                for (int i = 0; i < n; i++) {
                    long number = FramePool.sequenceOf(out.address(i));
                    assertTrue(number >= expected, "frame " + number + " after " + (expected - 1));
                    expected = number + 1;
                }
                queue.sent(n, out.bytes(0, n));
                out.release(0, n);
                assertTrue(queue.length() <= capacity, "I20: longer than its capacity");
            }
            queue.setRunning(false);
            queue.purge();
            assertEquals(0, queue.counters().unaccounted());
            pool.assertBalanced();
        }
    }

    @Test
    @DisplayName("I18, I20: a full queue refuses the newcomers, counts them and gives them back")
    void aFullQueueRefusesTheNewcomers() {
        SendQueue queue = running(4);
        FramePool pool = new FramePool(0, 64);
        FrameBatch batch = frames(pool, 6);
        assertEquals(4, queue.offer(batch));
        assertEquals(0, batch.count(), "the batch comes back empty");
        assertEquals(2, pool.released(), "the two that did not fit");
        FrameBatch out = new FrameBatch(8);
        assertEquals(4, queue.dequeue(out, 8));
        assertEquals(0, FramePool.sequenceOf(out.address(0)), "the head was not evicted");
        queue.sent(3, out.bytes(0, 3));
        queue.dropped(DropReason.TOO_BIG, 1);
        out.release(0, 4);
        QueueCounters c = queue.counters();
        assertEquals(6, c.received());
        assertEquals(pool.madeBytes(), c.receivedBytes());
        assertEquals(1, c.multicasts(), "one frame in seven is a multicast");
        assertEquals(3, c.sent());
        assertEquals(2, c.dropped(DropReason.QUEUE_FULL));
        assertEquals(1, c.dropped(DropReason.TOO_BIG));
        assertEquals(3, c.droppedTotal());
        assertEquals(4, c.maxLength());
        assertEquals(0, c.unaccounted());
        pool.assertBalanced();
    }

    @Test
    @DisplayName("contract 7: frames refused in front of the queue are in its books")
    void refusedFramesAreCounted() {
        SendQueue queue = running(4);
        queue.refuse(DropReason.TRUNCATED, 3, 300);
        QueueCounters c = queue.counters();
        assertEquals(3, c.received());
        assertEquals(300, c.receivedBytes());
        assertEquals(3, c.dropped(DropReason.TRUNCATED));
        assertEquals(0, c.unaccounted());
    }

    @Test
    @DisplayName("contract 7: a frame that the driver holds is queued; it cannot report more than it holds")
    void theDriverAnswersForWhatItTook() {
        SendQueue queue = running(4);
        FramePool pool = new FramePool(0, 64);
        queue.offer(frames(pool, 3));
        FrameBatch out = new FrameBatch(2);
        assertEquals(2, queue.dequeue(out, 100), "no more than the batch holds");
        QueueCounters c = queue.counters();
        assertEquals(2, c.inDriver());
        assertEquals(1, c.length());
        assertEquals(3, c.queued());
        assertEquals(0, c.unaccounted());
        assertThrows(IllegalStateException.class, () -> queue.sent(3, 0));
        assertThrows(IllegalStateException.class, () -> queue.dropped(DropReason.REFUSED, 3));
        assertThrows(IllegalStateException.class, () -> queue.sent(-1, 0));
        assertEquals(0, queue.counters().unaccounted());
    }

    @Test
    @DisplayName("I21: a look at the head changes nothing; commit and rollback want a begin")
    void beginAndRollbackChangeNothing() {
        SendQueue queue = running(4);
        TwoPhaseDequeue dequeue = new TwoPhaseDequeue(queue);
        FramePool pool = new FramePool(0, 64);
        FrameBatch out = new FrameBatch(1);
        assertTrue(!dequeue.begin(out) && out.count() == 0, "begin of an empty queue has not begun");
        assertThrows(IllegalStateException.class, dequeue::commit);
        assertThrows(IllegalStateException.class, dequeue::rollback);
        queue.offer(frames(pool, 3));
        QueueCounters before = queue.counters();
        for (int i = 0; i < 3; i++) {
            assertTrue(dequeue.begin(out));
            assertEquals(0, FramePool.sequenceOf(out.address(0)));
            dequeue.rollback();
        }
        assertEquals(before.length(), queue.length());
        assertEquals(before.received(), queue.counters().received());
        assertTrue(dequeue.begin(out));
        assertThrows(IllegalStateException.class, () -> dequeue.begin(out), "begin twice");
        assertThrows(IllegalStateException.class, queue::purge, "purge between begin and commit");
        dequeue.commit();
        assertEquals(1, queue.counters().inDriver());
        assertEquals(2, queue.length());
        assertEquals(0, queue.counters().unaccounted());
        assertThrows(IllegalStateException.class, dequeue::commit, "commit twice");
    }

    @Test
    @DisplayName("I22: refused and purged frames go back outside of the queue's mutex")
    void framesAreReleasedOutsideOfTheMutex() {
        SendQueue queue = running(1);
        AtomicInteger released = new AtomicInteger();
        FrameOwner owner = (token, frames) -> {
            // another thread can use the queue while this release is under way
            new Crew().add("other", queue::length).join();
            released.addAndGet(frames);
        };
        FrameBatch batch = new FrameBatch(3);
        for (int i = 0; i < 3; i++) {
            batch.add(i, 60, 0, owner, 0);
        }
        queue.offer(batch);
        assertEquals(2, released.get(), "refused");
        queue.setRunning(false);
        queue.purge();
        assertEquals(3, released.get(), "purged");
        assertEquals(0, queue.counters().unaccounted());
    }

    @Test
    void aCapacityOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new SendQueue(0));
        assertThrows(IllegalArgumentException.class, () -> new SendQueue((1 << 24) + 1));
    }
}
