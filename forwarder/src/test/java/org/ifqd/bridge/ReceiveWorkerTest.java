package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.ifqd.frame.FrameBatch;
import org.ifqd.port.Receiver;
import org.junit.jupiter.api.Test;

class ReceiveWorkerTest {
    private static final int FRAMES = 3;

    /** A ring whose last frames appear only when the kernel's hold-back time is over, and whose await always returns at once. */
    private static final class LateFrames implements Receiver {
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

    @Test
    void aDrainWaitsForWhatTheKernelHoldsBack() {
        AtomicInteger forwarded = new AtomicInteger();
        ReceiveWorker worker = new ReceiveWorker(
                "rx-late",
                new LateFrames(),
                batch -> {
                    forwarded.addAndGet(batch.count());
                    batch.clear();
                },
                cause -> {});
        worker.drain();
        worker.start();
        assertTrue(worker.join(10_000));
        assertEquals(FRAMES, forwarded.get());
        assertEquals(FRAMES, worker.frames());
    }

    @Test
    void aWorkerThatDiesSaysWhy() {
        AtomicReference<Throwable> why = new AtomicReference<>();
        IllegalStateException cause = new IllegalStateException("defect");
        ReceiveWorker worker = new ReceiveWorker(
                "rx-defect",
                new LateFrames(),
                batch -> {
                    throw cause;
                },
                why::set);
        worker.start();
        assertTrue(worker.join(10_000));
        assertEquals(cause, why.get());
    }
}
