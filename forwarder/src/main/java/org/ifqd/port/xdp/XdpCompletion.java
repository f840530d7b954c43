package org.ifqd.port.xdp;

import java.util.concurrent.locks.ReentrantLock;
import org.ifqd.linux.Memory;
import org.ifqd.linux.xdp.XdpRing;

/**
 * The completion ring of a queue: chunks that the kernel has sent go back to their memory.
 *
 * <p>While a lane {@linkplain #hold holds} it nothing comes back: what the kernel has just dropped can still be read.
 *
 * <p><b>Threading:</b> any thread; one at a time is inside, and only a lane waits for that. <b>Owns:</b> the ring.
 */
final class XdpCompletion implements AutoCloseable {
    private static final int AT_ONCE = 64;

    private final XdpRing ring;
    private final XdpMemory memory;
    private final int[] chunks = new int[AT_ONCE];
    private final ReentrantLock lock = new ReentrantLock();

    XdpCompletion(XdpRing ring, XdpMemory memory) {
        this.ring = ring;
        this.memory = memory;
        memory.add(this);
    }

    /** No chunk comes back until {@link #letGo}, which the same thread calls soon. */
    void hold() {
        lock.lock();
    }

    void letGo() {
        lock.unlock();
    }

    /** Takes back what has been sent; does nothing while another thread is here. */
    void reclaim() {
        if (lock.tryLock()) {
            try {
                takeBack();
            } finally {
                lock.unlock();
            }
        }
    }

    private void takeBack() {
        for (int available; (available = Math.min(ring.available(), AT_ONCE)) > 0; ) {
            int n = 0;
            for (int i = 0; i < available; i++) {
                int chunk = memory.umem().chunk(Memory.getLong(ring.take()));
                if (chunk >= 0) { // else the ring lies; a chunk is lost, and nothing is written to foreign memory
                    chunks[n++] = chunk;
                }
            }
            ring.release();
            memory.give(chunks, 0, n);
        }
    }

    @Override
    public void close() {
        memory.remove(this);
        ring.close();
    }
}
