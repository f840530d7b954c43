package org.ifqd.port;

import org.ifqd.frame.FrameBatch;

/**
 * One receive ring of a port, read by one receive worker.
 *
 * <p><b>Threading:</b> receive and await by the worker; the rest from any thread.
 */
public interface Receiver {

    /** Called by the worker's thread before it receives. */
    default void begin() {}

    /**
     * Adds received frames to the batch until it is full or none is left; never blocks. Each reference given out must
     * be released to its owner once.
     *
     * @return how many frames were added
     */
    int receive(FrameBatch batch);

    /**
     * Sleeps until frames may be there, {@link #wake} is called, or the time is over.
     *
     * @param timeoutMs milliseconds, -1 for ever
     */
    void await(int timeoutMs);

    /** Whether {@link #await} never sleeps, for the sake of latency. */
    default boolean isPolling() {
        return false;
    }

    /** The processor that {@link #begin} pins the worker's thread to, or -1. */
    default int cpu() {
        return -1;
    }

    /** Ends the present or the next {@link #await}. */
    void wake();

    /** From now on the kernel adds no frames; those in the ring can still be received. */
    void stopReceiving();

    /**
     * How long the kernel may hold back frames that it has received before {@link #receive} sees them, milliseconds.
     */
    int holdBackMs();

    /** Frames dropped by the kernel in front of this ring, for want of room, since it was opened. */
    long kernelDrops();
}
