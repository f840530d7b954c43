package org.ifqd.ifq;

import org.ifqd.frame.FrameBatch;

/**
 * Dequeue for locked drivers: look at the head, try to send it, then remove it or leave it.
 *
 * <p>OpenBSD holds the queue's mutex from begin to commit. Here the mutex is free in between, so that a slow device
 * does not stop the producers: the head cannot change meanwhile, since nobody else takes frames from the queue of a
 * locked driver (the kernel lock is held) and a full queue refuses newcomers, never the head.
 *
 * <p><b>Threading:</b> only inside the start routine that got it.
 */
public final class TwoPhaseDequeue {
    private final SendQueue queue;

    TwoPhaseDequeue(SendQueue queue) {
        this.queue = queue;
    }

    /**
     * Shows the head of the queue without removing it.
     *
     * @param into cleared, then given the head
     * @return false when the queue is empty; then nothing has begun
     */
    public boolean begin(FrameBatch into) {
        return queue.begin(into);
    }

    /** Removes the frame that begin showed; it is the driver's now. */
    public void commit() {
        queue.commit();
    }

    /** Leaves the frame that begin showed at the head of the queue. */
    public void rollback() {
        queue.rollback();
    }
}
