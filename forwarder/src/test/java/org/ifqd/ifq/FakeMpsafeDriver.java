package org.ifqd.ifq;

import java.util.concurrent.atomic.AtomicReference;
import org.ifqd.frame.FrameBatch;

/**
 * An mpsafe driver over an {@link ArrayRing}, written as the package's essay says. Its completion is a level: once the
 * driver has asked for the event, the next look of the completion context that finds room restarts the interface.
 */
final class FakeMpsafeDriver implements MpsafeDriver {
    final ArrayRing ring;
    final Wire wire;
    private final Faults faults;
    private final KernelLock kernelLock;
    private final FrameBatch batch = new FrameBatch(64);
    private final AtomicReference<Thread> inside = new AtomicReference<>();
    private final Variant variant = Variant.inUse();
    private volatile boolean eventWanted;
    private volatile long looks;
    private volatile Thread completer;
    private volatile long starts;

    /**
     * Called inside start, after the first look at the ring; tests hold the driver there or call back into the core.
     */
    volatile Runnable inStart = () -> {};

    FakeMpsafeDriver(ArrayRing ring, Wire wire, KernelLock kernelLock, Faults faults) {
        this.ring = ring;
        this.wire = wire;
        this.kernelLock = kernelLock;
        this.faults = faults;
    }

    @Override
    public void start(SendQueue queue) {
        Thread other = inside.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            faults.raise("start runs on " + Thread.currentThread().getName() + " and on " + other.getName());
        }
        if (kernelLock.isHeld()) {
            faults.raise("an mpsafe start with the kernel lock held");
        }
        try {
            starts = starts + 1;
            moveFrames(queue);
        } finally {
            inside.set(null);
        }
    }

    private void moveFrames(SendQueue queue) {
        while (true) {
            int space = ring.space();
            inStart.run();
            if (space == 0) {
                queue.setOactive();
                eventWanted = true; // after oactive is set: an event that comes from now on finds it
                return;
            }
            int n = queue.dequeue(batch, space);
            if (n == 0) {
                return;
            }
            for (int i = 0; i < n; i++) {
                ring.put(batch.address(i));
            }
            long bytes = batch.bytes(0, n);
            batch.release(0, n);
            queue.sent(n, bytes);
        }
    }

    /**
     * One look of the completion context: takes up to {@code max} frames off the ring, then restarts the interface if
     * the event was asked for and there is room.
     */
    int complete(Ifnet ifnet, int max) {
        completer = Thread.currentThread(); // for those who wait for completion: not for themselves
        looks = looks + 1;
        int n = reap(max);
        if (variant.hasBrokenCompletion()) {
            if (n > 0) {
                variant.completed(ifnet);
            }
        } else if (eventDue()) {
            ifnet.restart();
        }
        return n;
    }

    /** Lets other threads in while start runs, now and then; without it a start is over before anyone can meet it. */
    void pausing() {
        int[] calls = {0}; // inside start, so by one thread at a time
        inStart = () -> {
            if (++calls[0] % 5 == 0) {
                Thread.yield();
            }
        };
    }

    /**
     * One time in 16 at which start finds the ring full, it stands still between that look and oactive, until
     * completion has freed the ring and gone by: the race of T4, on purpose.
     */
    void lettingCompletionPass() {
        int[] calls = {0}; // inside start, so by one thread at a time
        inStart = () -> {
            if (ring.inFlight() > 0 && Thread.currentThread() != completer && ++calls[0] % 16 == 0) {
                long until = looks + 3;
                int patience = 1000; // completion may be over, or wait for us
                while (looks < until && patience-- > 0) {
                    Thread.yield();
                }
            }
        };
    }

    int reap(int max) {
        int n = 0;
        for (long frame; n < max && (frame = ring.take()) >= 0; n++) {
            wire.carry(frame);
        }
        return n;
    }

    /** Whether the event was asked for and is due; takes the request back if so. */
    boolean eventDue() {
        if (!eventWanted || ring.space() == 0) {
            return false;
        }
        eventWanted = false;
        return true;
    }

    boolean isEventWanted() {
        return eventWanted;
    }

    /** How often start was called. */
    long starts() {
        return starts;
    }
}
