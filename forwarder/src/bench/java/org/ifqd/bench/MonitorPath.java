package org.ifqd.bench;

import org.ifqd.ifq.SendQueue;

/** (b) As {@link LockedPath}, with the lock that every Java object has. */
final class MonitorPath implements SendPath {
    private final SendQueue queue = OpenQueue.of(CAPACITY);
    private final NullDevice device = new NullDevice();

    @Override
    public void send(Lane lane) {
        queue.offer(lane.batch);
        synchronized (device) {
            device.start(queue);
        }
    }

    @Override
    public void close() {}
}
