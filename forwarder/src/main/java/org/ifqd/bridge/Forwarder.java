package org.ifqd.bridge;

import org.ifqd.frame.FrameBatch;

/**
 * Decides where received frames go.
 *
 * <p><b>Threading:</b> any number of receive workers at once, each with a batch of its own.
 */
public interface Forwarder {

    /** Called by the worker's thread before it forwards. */
    default void begin() {}

    /** The processor that {@link #begin} binds the worker's thread to, or -1. */
    default int cpu() {
        return -1;
    }

    /** Sends every frame of the batch on its way, or drops and counts it, in order; the batch comes back empty. */
    void forward(FrameBatch batch);
}
