package org.ifqd.port.xdp;

import org.ifqd.linux.Memory;
import org.ifqd.linux.xdp.XdpRing;

/**
 * The completion ring of a queue: chunks that the kernel has sent go back to their memory.
 *
 * <p><b>Threading:</b> any thread; one at a time is inside. <b>Owns:</b> the ring.
 */
final class XdpCompletion implements AutoCloseable {
    private static final int AT_ONCE = 64;

    private final XdpRing ring;
    private final XdpMemory memory;
    private final int[] chunks = new int[AT_ONCE];

    XdpCompletion(XdpRing ring, XdpMemory memory) {
        this.ring = ring;
        this.memory = memory;
        memory.add(this);
    }

    /** Takes back what has been sent. */
    synchronized void reclaim() {
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
