package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RestartTimerTest {
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int RESTARTS = 20;

    private final RestartTimer timer = new RestartTimer("test");

    /** A restart that stalls again asks from the timer's own thread: it must not wake itself. */
    @Test
    void pausesAlsoWhenTheRestartAsksAgain() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(RESTARTS);
        timer.start(() -> {
            done.countDown();
            if (done.getCount() > 0) {
                timer.await(PAUSE_NS);
            }
        });
        long begin = System.nanoTime();
        timer.await(PAUSE_NS);
        assertTrue(done.await(60, TimeUnit.SECONDS));
        long tookNs = System.nanoTime() - begin;
        assertTrue(tookNs >= RESTARTS * PAUSE_NS, RESTARTS + " restarts in " + tookNs + " ns");
        timer.stop();
    }

    /** Many may ask; one restart comes for all, at the earliest of the times that were asked for. */
    @Test
    void earliestTimeCounts() throws InterruptedException {
        AtomicInteger restarts = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        timer.start(() -> {
            restarts.incrementAndGet();
            first.countDown();
        });
        timer.await(TimeUnit.HOURS.toNanos(1));
        timer.await(PAUSE_NS);
        timer.await(TimeUnit.HOURS.toNanos(1));
        assertTrue(first.await(60, TimeUnit.SECONDS));
        timer.stop();
        assertTrue(restarts.get() == 1, restarts + " restarts");
    }
}
