package org.ifqd.ifq;

import java.util.concurrent.atomic.AtomicReference;
import org.ifqd.frame.FrameBatch;

/**
 * A locked driver over a device that refuses every {@code refuseEvery}-th frame that it is shown, once: the driver puts
 * the frame back and goes oactive. The device has no ring: a frame that it takes is on the wire.
 */
final class FakeLockedDriver implements LockedDriver {
    final Wire wire;
    private final KernelLock kernelLock;
    private final Faults faults;
    private final int refuseEvery;
    private final FrameBatch head = new FrameBatch(1);
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private int shown;
    private volatile boolean stalled;

    FakeLockedDriver(Wire wire, KernelLock kernelLock, int refuseEvery, Faults faults) {
        this.wire = wire;
        this.kernelLock = kernelLock;
        this.refuseEvery = refuseEvery;
        this.faults = faults;
    }

    @Override
    public void start(SendQueue queue, TwoPhaseDequeue dequeue) {
        if (!kernelLock.isHeld()) {
            faults.raise("a locked start without the kernel lock");
        }
        if (!inside.compareAndSet(null, Thread.currentThread())) {
            faults.raise("two threads in a locked start");
        }
        try {
            while (dequeue.begin(head)) {
                if (++shown % refuseEvery == 0) {
                    dequeue.rollback();
                    queue.setOactive();
                    stalled = true;
                    return;
                }
                dequeue.commit();
                wire.carry(head.address(0));
                queue.sent(1, head.bytes(0, 1));
                head.release(0, 1);
            }
        } finally {
            inside.set(null);
        }
    }

    /** The completion context: restarts the interface if the device had refused a frame. */
    boolean complete(Ifnet ifnet) {
        if (!stalled) {
            return false;
        }
        stalled = false;
        ifnet.restart();
        return true;
    }
}
