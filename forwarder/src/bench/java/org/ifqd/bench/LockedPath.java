package org.ifqd.bench;

import java.util.concurrent.locks.ReentrantLock;
import org.ifqd.ifq.SendQueue;

/** (a) The obvious way: a lock around start, for which the others wait. The queue is the same. */
final class LockedPath implements SendPath {
    private final ReentrantLock lock = new ReentrantLock();
    private final SendQueue queue = OpenQueue.of(CAPACITY);
    private final NullDevice device = new NullDevice();

    @Override
    public void send(Lane lane) {
        queue.offer(lane.batch);
        lock.lock();
        try {
            device.start(queue);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {}
}
