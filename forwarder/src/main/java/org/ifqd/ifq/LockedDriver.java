package org.ifqd.ifq;

/** The start routine of a driver that relies on the kernel lock. */
public interface LockedDriver {

    /**
     * Moves frames from the queue to the device. Called with the {@link KernelLock} held, only while the interface is
     * RUNNING and not oactive, and frames wait in the queue or were kept by the driver; by one thread at a time.
     *
     * @param dequeue takes frames from the queue in two steps, so that a frame can be put back
     */
    void start(SendQueue queue, TwoPhaseDequeue dequeue);
}
