package org.ifqd.port.xdp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.xdp.XdpRing;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.OwnedResources;

/**
 * A queue of an interface with the socket that receives from it, and the rings that belong to the queue.
 *
 * <p><b>Threading:</b> set-up by the controlling thread. <b>Owns:</b> socket and rings.
 */
final class XdpQueue implements AutoCloseable {
    /** The kernel takes a closed socket's queue away in its own time: seen in 5 of 6 re-openings. */
    private static final long BUSY_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long BUSY_PAUSE_NS = 10_000_000;

    private final int number;
    private final OwnedResources owned;
    private final XdpSocket socket;
    private final XdpRing rx;
    private final XdpRing fill;
    private final XdpCompletion completion;

    /**
     * Opens and binds it.
     *
     * @param name of the interface
     * @param frames that fill and receive ring hold, a power of two
     */
    XdpQueue(Libc libc, String name, int index, int number, XdpMemory memory, int frames) {
        this.number = number;
        this.owned = new OwnedResources(name);
        try {
            socket = owned.own(XdpSocket.open(libc, name));
            XdpSocket shared = memory.first();
            if (shared == null) {
                socket.register(memory.umem());
                memory.first(socket);
            }
            fill = owned.own(socket.fillRing(frames));
            completion = owned.own(new XdpCompletion(socket.completionRing(frames), memory));
            rx = owned.own(socket.rxRing(frames));
            fill(memory);
            bind(name, index, shared, memory.isZeroCopy());
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /**
     * Before the bind: a driver that finds no chunk then need not look again, nor say that it wants to be woken (igb).
     */
    private void fill(XdpMemory memory) {
        int[] chunks = new int[fill.size()];
        fill(memory, chunks, memory.takeFree(chunks, 0, chunks.length));
    }

    /** Gives the kernel the first so many chunks to receive into; the fill ring has room for them. */
    void fill(XdpMemory memory, int[] chunks, int n) {
        for (int i = 0; i < n; i++) {
            fill.add(memory.umem().offset(chunks[i]));
        }
        fill.publish();
    }

    private void bind(String name, int index, XdpSocket shared, boolean zeroCopy) {
        long begin = System.nanoTime();
        int result = socket.bind(index, number, shared, zeroCopy);
        while (result == -Errno.EBUSY && System.nanoTime() - begin < BUSY_NS) {
            LockSupport.parkNanos(BUSY_PAUSE_NS);
            result = socket.bind(index, number, shared, zeroCopy);
        }
        String cure = result == -Errno.EBUSY ? "another AF_XDP socket has this queue; end its program" : "";
        String call = "bind AF_XDP to queue " + number;
        if (zeroCopy && result < 0 && result != -Errno.EBUSY) {
            throw new ZeroCopyException(call + " for zero-copy", name, -result);
        }
        ErrnoException.check(result, call, name, cure);
    }

    int number() {
        return number;
    }

    XdpSocket socket() {
        return socket;
    }

    XdpRing rx() {
        return rx;
    }

    XdpRing fill() {
        return fill;
    }

    XdpCompletion completion() {
        return completion;
    }

    @Override
    public void close() {
        owned.close();
    }
}
