package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartWorkerTest {
    private final StartWorker worker = StartWorker.open("test-softnet");
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        worker.close();
    }

    private CountDownLatch occupy() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        new DeferredStart(worker, () -> {
                    busy.countDown();
                    StartRig.await("the test", () -> free.getCount() == 0);
                })
                .schedule();
        StartRig.await("the worker to be busy", () -> busy.getCount() == 0);
        return free;
    }

    @Test
    void whatIsAskedForManyTimesWhileItWaitsRunsOnce() {
        CountDownLatch free = occupy();
        DeferredStart start = new DeferredStart(worker, runs::incrementAndGet);
        for (int i = 0; i < 1000; i++) {
            assertTrue(start.schedule());
        }
        free.countDown();
        worker.close();
        assertEquals(1, runs.get());
    }

    @Test
    void everyRequestIsFollowedByARun() {
        DeferredStart start = new DeferredStart(worker, runs::incrementAndGet);
        for (int i = 0; i < 20_000; i++) {
            int before = runs.get();
            start.schedule();
            StartRig.await("run " + i, () -> runs.get() > before);
        }
        assertEquals(20_000, runs.get());
    }

    @Test
    void aRequestMadeByTheRunningStartRunsAgainBehindTheOthers() {
        CountDownLatch free = occupy();
        StringBuffer order = new StringBuffer();
        DeferredStart[] self = new DeferredStart[1];
        self[0] = new DeferredStart(worker, () -> {
            order.append('a');
            if (order.length() == 1) {
                self[0].schedule();
            }
        });
        self[0].schedule();
        new DeferredStart(worker, () -> order.append('b')).schedule();
        free.countDown();
        CountDownLatch last = new CountDownLatch(1);
        StartRig.await("b to run", () -> order.indexOf("b") > 0);
        new DeferredStart(worker, last::countDown).schedule();
        StartRig.await("all to run", () -> last.getCount() == 0);
        assertEquals("aba", order.toString());
    }

    @Test
    void aCancelledStartDoesNotRun() {
        CountDownLatch free = occupy();
        DeferredStart start = new DeferredStart(worker, runs::incrementAndGet);
        start.schedule();
        start.cancel();
        free.countDown();
        worker.close();
        assertEquals(0, runs.get());
    }

    @Test
    void settleWaitsForTheRunningOneAlsoIfItAsksForItselfAgain() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        DeferredStart[] self = new DeferredStart[1];
        self[0] = new DeferredStart(worker, () -> {
            runs.incrementAndGet();
            self[0].schedule();
            busy.countDown();
            StartRig.await("the test", () -> free.getCount() == 0);
        });
        self[0].schedule();
        StartRig.await("the worker to be busy", () -> busy.getCount() == 0);
        Thread settler = Thread.ofPlatform().start(self[0]::settle);
        StartRig.await("settle to wait", () -> settler.getState() == Thread.State.WAITING);
        free.countDown();
        settler.join(StartRig.DEADLINE_MS);
        assertFalse(settler.isAlive());
        worker.close();
        assertEquals(1, runs.get());
    }

    @Test
    void settleDoesNotWaitForOtherInterfaces() {
        CountDownLatch free = occupy();
        DeferredStart start = new DeferredStart(worker, runs::incrementAndGet);
        start.schedule();
        start.settle();
        assertFalse(start.pending);
        free.countDown();
    }

    @Test
    void settleKeepsAnInterruptForItsCaller() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        DeferredStart start = new DeferredStart(worker, () -> {
            busy.countDown();
            StartRig.await("the test", () -> free.getCount() == 0);
            runs.incrementAndGet();
        });
        start.schedule();
        StartRig.await("the worker to be busy", () -> busy.getCount() == 0);
        Thread.currentThread().interrupt();
        Thread.ofPlatform().start(free::countDown);
        start.settle();
        assertEquals(1, runs.get());
        assertTrue(Thread.interrupted());
    }

    @Test
    void aStartThatThrowsDoesNotStopTheOthers() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        AtomicInteger reported = new AtomicInteger();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> reported.incrementAndGet());
        try {
            new DeferredStart(worker, () -> {
                        throw new IllegalStateException("on purpose");
                    })
                    .schedule();
            new DeferredStart(worker, runs::incrementAndGet).schedule();
            worker.close();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertEquals(1, runs.get());
        assertEquals(1, reported.get());
    }

    @Test
    void aClosedWorkerHasRunWhatItTookAndTakesNoMore() {
        CountDownLatch free = occupy();
        DeferredStart start = new DeferredStart(worker, runs::incrementAndGet);
        start.schedule();
        free.countDown();
        worker.close();
        assertEquals(1, runs.get());
        assertFalse(start.schedule());
        worker.close(); // again: nothing happens
    }
}
