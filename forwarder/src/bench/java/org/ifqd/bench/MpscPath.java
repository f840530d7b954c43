package org.ifqd.bench;

import org.jctools.queues.MpscArrayQueue;

/**
 * (c) The lock-free way: many producers, one thread that does nothing but consume. It keeps no books, and a frame has
 * to be an object. The thread polls: one core is always busy.
 */
final class MpscPath implements SendPath {
    private final MpscArrayQueue<BoxedFrame> queue = new MpscArrayQueue<>(CAPACITY);
    private final Thread consumer = new Thread(this::consume, "bench-consumer");
    private volatile boolean closed;

    /** What the consumer has made of the frames, so that it must look at them. */
    private volatile long bytesSent;

    private long bytes;
    private Lane runOf;
    private int runLength;

    MpscPath() {
        consumer.setDaemon(true);
        consumer.start();
    }

    @Override
    public void send(Lane lane) {
        for (int i = 0, n = lane.batch.count(); i < n; i++) {
            BoxedFrame frame = lane.nextBox();
            while (!queue.offer(frame)) {
                Thread.yield();
            }
        }
        lane.batch.clear();
    }

    private void consume() {
        for (int spins = 0; !closed; ) {
            int n = queue.drain(this::take, 256);
            endRun();
            if (n > 0) {
                bytesSent = bytes;
                spins = 0;
            } else if (++spins < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Gives frames back a run at a time, as the core does. */
    private void take(BoxedFrame frame) {
        if (frame.lane() != runOf) {
            endRun();
            runOf = frame.lane();
        }
        bytes += frame.length();
        runLength++;
    }

    private void endRun() {
        if (runLength > 0) {
            runOf.release(0, runLength);
            runLength = 0;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            consumer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (bytesSent == 0) {
            throw new IllegalStateException("measured a path that sends nothing");
        }
    }
}
