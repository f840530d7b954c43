package org.ifqd.bridge;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counters of one receive worker.
 *
 * <p><b>Threading:</b> one writer, the worker; read by any thread. Stores are opaque: no fence and no locked
 * instruction, and nothing is torn; whoever looks may see an older value. The counters are alone in their cache lines,
 * so that two workers do not slow each other down.
 */
final class WorkerCounters {
    private static final int ALONE = 128 / Long.BYTES; // two cache lines: they are fetched in pairs
    private static final int TURNS = ALONE;
    private static final int FRAMES = ALONE + 1;
    private static final int BYTES = ALONE + 2;
    private static final int BATCHES = ALONE + 3;
    private static final int SLEEPS = ALONE + 4;
    private static final int WAKE_UPS = ALONE + 5;

    private final AtomicLongArray words = new AtomicLongArray(WAKE_UPS + 1 + ALONE);

    private void add(int word, long n) {
        words.setOpaque(word, words.getPlain(word) + n);
    }

    /** The worker has looked at its ring. */
    void turned() {
        add(TURNS, 1);
    }

    /** It has found frames. */
    void received(int frames, long bytes) {
        add(FRAMES, frames);
        add(BYTES, bytes);
        add(BATCHES, 1);
    }

    /** It goes to sleep. */
    void asleep() {
        add(SLEEPS, 1);
    }

    /** It has slept. */
    void awake() {
        add(WAKE_UPS, 1);
    }

    long turns() {
        return words.getOpaque(TURNS);
    }

    long frames() {
        return words.getOpaque(FRAMES);
    }

    long bytes() {
        return words.getOpaque(BYTES);
    }

    long batches() {
        return words.getOpaque(BATCHES);
    }

    long wakeUps() {
        return words.getOpaque(WAKE_UPS);
    }

    boolean isAsleep() {
        return words.getOpaque(SLEEPS) != words.getOpaque(WAKE_UPS);
    }
}
