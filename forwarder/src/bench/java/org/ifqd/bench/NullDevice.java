package org.ifqd.bench;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.MpsafeDriver;
import org.ifqd.ifq.SendQueue;

/** A driver as the essay of the core wants it, with a ring that is never full and costs nothing. */
final class NullDevice implements MpsafeDriver {
    private final FrameBatch batch = new FrameBatch(256);

    @Override
    public void start(SendQueue queue) {
        for (int n; (n = queue.dequeue(batch, batch.capacity())) > 0; ) {
            long bytes = batch.bytes(0, n);
            batch.release(0, n);
            queue.sent(n, bytes);
        }
    }
}
