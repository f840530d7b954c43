package org.ifqd.ifq;

/** The start routine of a driver that has opted in to run without the kernel lock. */
public interface MpsafeDriver {

    /**
     * Moves frames from the queue to the transmit ring until one is empty or the other is full; the pattern is in the
     * package's essay. Called only while the interface is RUNNING and not oactive, and frames wait in the queue
     * or were kept by the driver; on any thread, by one at a
     * time. Must not block.
     */
    void start(SendQueue queue);
}
