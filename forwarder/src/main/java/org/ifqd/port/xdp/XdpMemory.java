package org.ifqd.port.xdp;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ifqd.frame.FrameOwner;
import org.ifqd.linux.Libc;
import org.ifqd.linux.xdp.Umem;
import org.ifqd.linux.xdp.XdpSocket;

/**
 * The memory of a pair of ports, and its free chunks. The last one that was given back is taken first: it may still be
 * in a cache.
 *
 * <p><b>Threading:</b> any thread; {@link #retain} and {@link #close} by the controlling thread. <b>Owns:</b> the UMEM,
 * which is unmapped when the last port has closed it.
 */
public final class XdpMemory implements FrameOwner, AutoCloseable {
    private final Umem umem;
    private final boolean zeroCopy;
    private final int[] free;

    /** Not under the monitor: whoever reclaims gives back under it. */
    private final List<XdpCompletion> completions = new CopyOnWriteArrayList<>();

    private int count;
    private int users;

    /** The first socket, which the kernel got the memory by; the others share its. */
    private XdpSocket first;

    private XdpMemory(Umem umem, boolean zeroCopy) {
        this.umem = umem;
        this.zeroCopy = zeroCopy;
        this.free = new int[umem.chunks()];
        for (int i = 0; i < free.length; i++) {
            free[i] = free.length - 1 - i;
        }
        this.count = free.length;
    }

    /**
     * Maps the memory of a pair.
     *
     * @param chunkBytes 2048 or 4096
     * @param zeroCopy the mode of all sockets that use it; the kernel allows no other
     */
    public static XdpMemory open(Libc libc, int chunks, int chunkBytes, String pair, boolean zeroCopy) {
        return new XdpMemory(Umem.open(libc, chunks, chunkBytes, "frames of " + pair), zeroCopy);
    }

    /** Whether the NICs themselves receive into it and send from it. */
    public boolean isZeroCopy() {
        return zeroCopy;
    }

    /** Another port uses it. */
    XdpMemory retain() {
        users++;
        return this;
    }

    Umem umem() {
        return umem;
    }

    /** The first socket, or null. */
    XdpSocket first() {
        return first;
    }

    /** The kernel got the memory by this socket, which is closed last of its port's. */
    void first(XdpSocket socket) {
        first = socket;
    }

    /** Completion rings that chunks of this memory come back by. */
    void add(XdpCompletion completion) {
        completions.add(completion);
    }

    void remove(XdpCompletion completion) {
        completions.remove(completion);
    }

    /** Absolute address of the first byte. */
    long address() {
        return umem.address();
    }

    /** Takes up to {@code most} free chunks, after a look at the completion rings if need be. Returns how many. */
    int take(int[] chunks, int most) {
        int n = takeFree(chunks, 0, most);
        if (n < most) { // an egress that has become idle keeps chunks in its completion ring until somebody looks
            reclaim();
            n += takeFree(chunks, n, most - n);
        }
        return n;
    }

    /** The same, only of those that are free already. */
    synchronized int takeFree(int[] chunks, int from, int most) {
        int n = Math.min(most, count);
        count -= n;
        System.arraycopy(free, count, chunks, from, n);
        return n;
    }

    private void reclaim() {
        for (int i = 0; i < completions.size(); i++) {
            completions.get(i).reclaim();
        }
    }

    /** Gives chunks back. */
    synchronized void give(int[] chunks, int from, int to) {
        System.arraycopy(chunks, from, free, count, to - from);
        count += to - from;
    }

    /** A frame is done with; each has a chunk of its own. */
    @Override
    public synchronized void release(int chunk, int frames) {
        free[count++] = chunk;
    }

    /** Free chunks, of {@link Umem#chunks} in all. */
    public synchronized int available() {
        return count;
    }

    /** Chunks in all. */
    public int chunks() {
        return umem.chunks();
    }

    @Override
    public void close() {
        if (--users <= 0) {
            umem.close();
        }
    }
}
