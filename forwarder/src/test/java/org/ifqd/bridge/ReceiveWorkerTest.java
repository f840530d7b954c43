package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.ifqd.frame.FrameBatch;
import org.ifqd.port.Receiver;
import org.junit.jupiter.api.Test;

class ReceiveWorkerTest {
    private static final int FRAMES = 3;

    /**
     * A ring whose last frames appear only when the kernel's hold-back time is over, and whose await always returns at
     * once.
     */
    private static class LateFrames implements Receiver {
        private final long bornNs = System.nanoTime();
        private boolean given;

        @Override
        public int receive(FrameBatch batch) {
            if (given || System.nanoTime() - bornNs < holdBackMs() * 1_000_000L) {
                return 0;
            }
            given = true;
            for (int i = 0; i < FRAMES; i++) {
                batch.add(0, 60, 0, (token, frames) -> {}, 0);
            }
            return FRAMES;
        }

        @Override
        public void await(int timeoutMs) {
            // a poll that is always ready: on AF_PACKET whenever the block before the current one is still held
        }

        @Override
        public void wake() {}

        @Override
        public void stopReceiving() {}

        @Override
        public int holdBackMs() {
            return 20;
        }

        @Override
        public long kernelDrops() {
            return 0;
        }
    }

    private static final class Polling extends LateFrames {
        @Override
        public boolean isPolling() {
            return true;
        }
    }

    @Test
    void aDrainWaitsForWhatTheKernelHoldsBack() {
        AtomicInteger forwarded = new AtomicInteger();
        ReceiveWorker worker = new ReceiveWorker("rx-late", new LateFrames(), batch -> {
            forwarded.addAndGet(batch.count());
            batch.clear();
        });
        worker.drain();
        run((name, cause) -> {}, worker);
        assertEquals(FRAMES, forwarded.get());
        assertEquals(FRAMES, worker.frames());
    }

    @Test
    void aWorkerThatDiesSaysWhy() {
        AtomicReference<Throwable> why = new AtomicReference<>();
        IllegalStateException cause = new IllegalStateException("defect");
        ReceiveWorker worker = new ReceiveWorker("rx-defect", new LateFrames(), batch -> {
            throw cause;
        });
        run((name, e) -> why.set(e), worker);
        assertEquals(cause, why.get());
    }

    @Test
    void thoseThatNeverSleepShareAThreadAndEachIsDrained() {
        AtomicInteger forwarded = new AtomicInteger();
        ReceiveWorker[] workers = new ReceiveWorker[3];
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new ReceiveWorker("rx-" + i, new Polling(), batch -> {
                forwarded.addAndGet(batch.count());
                batch.clear();
                threads.add(Thread.currentThread());
            });
        }
        workers[1].drain();
        List<ReceiveThread> started = ReceiveThread.of(List.of(workers), 1, (name, cause) -> {});
        started.forEach(ReceiveThread::start);
        workers[2].drain();
        workers[0].drain();
        assertTrue(started.getFirst().join(10_000));
        assertEquals(1, started.size());
        assertEquals(1, threads.size());
        assertEquals(workers.length * FRAMES, forwarded.get());
    }

    @Test
    void thoseThatNeverSleepAreSpreadOverTheProcessors() {
        List<ReceiveWorker> four = Stream.of("a", "b", "c", "d")
                .map(name -> new ReceiveWorker(name, new Polling(), FrameBatch::clear))
                .toList();
        assertEquals(2, ReceiveThread.of(four, 2, (name, cause) -> {}).size());
        assertEquals(4, ReceiveThread.of(four, 8, (name, cause) -> {}).size());
    }

    private static void run(BiConsumer<String, Throwable> onFailure, ReceiveWorker worker) {
        ReceiveThread thread = ReceiveThread.of(List.of(worker), 1, onFailure).getFirst();
        thread.start();
        assertTrue(thread.join(10_000));
    }
}
