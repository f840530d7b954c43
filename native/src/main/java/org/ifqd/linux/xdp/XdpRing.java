package org.ifqd.linux.xdp;

import java.lang.invoke.VarHandle;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.Memory;

/**
 * A ring that is shared with the kernel: one side produces elements, the other consumes them, each by a counter that
 * only it writes. The elements are chunk addresses (fill, completion) or descriptors (receive, transmit).
 *
 * <p><b>Threading:</b> one thread at a time. <b>Owns:</b> the mapping. <b>Memory order</b> (net/xdp/xsk_queue.h): an
 * element is read after an acquiring load of the producer, and written before a releasing store of it; likewise for the
 * consumer. What the kernel writes is used as a number of elements only within the ring's size.
 */
public final class XdpRing implements AutoCloseable {
    /** An address in no memory: the kernel passes over a descriptor of it (xskq_cons_is_valid_desc). */
    private static final long NOWHERE = 1L << 47;

    private final Mapping mapping;
    private final long producer;
    private final long consumer;
    private final long flags;
    private final long elements;
    private final int elementBytes;
    private final int size;

    /** Our own counter, ahead of the shared one until {@link #publish} or {@link #release}. */
    private int own;

    XdpRing(Mapping mapping, long producer, long consumer, long flags, long elements, int elementBytes, int size) {
        this.mapping = mapping;
        this.producer = mapping.address() + producer;
        this.consumer = mapping.address() + consumer;
        this.flags = mapping.address() + flags;
        this.elements = mapping.address() + elements;
        this.elementBytes = elementBytes;
        this.size = size;
    }

    /** Elements that it has room for, a power of two. */
    public int size() {
        return size;
    }

    /** Of a ring that we produce: how many elements can be added. */
    public int space() {
        return size - Math.clamp(own - Memory.loadAcquire(consumer), 0, size);
    }

    /** Of a ring that we produce: how many elements were published and not consumed yet. */
    public int pending() {
        return Math.clamp(Memory.getInt(producer) - Memory.loadAcquire(consumer), 0, size);
    }

    /** Of a ring that we consume: how many elements can be taken. */
    public int available() {
        return Math.clamp(Memory.loadAcquire(producer) - own, 0, size);
    }

    private long element() {
        return elements + (long) (own++ & size - 1) * elementBytes;
    }

    /** Adds a chunk to a fill ring with {@link #space}. */
    public void add(long chunkOffset) {
        Memory.putLong(element(), chunkOffset);
    }

    /** Adds a frame to a transmit ring with {@link #space}. */
    public void add(long offset, int bytes) {
        long at = element();
        Memory.putLong(at + XdpConstants.DESC_ADDR, offset);
        Memory.putInt(at + XdpConstants.DESC_LEN, bytes);
        Memory.putInt(at + XdpConstants.DESC_OPTIONS, 0);
    }

    /** Adds a descriptor that the kernel passes over, to a transmit ring with {@link #space}. */
    public void addNothing() {
        add(NOWHERE, 0);
    }

    /** Shows the kernel what was added. */
    public void publish() {
        Memory.storeRelease(producer, own);
    }

    /**
     * Of a ring that we produce: whether the kernel waits for a call before it looks at what was published. What was
     * published before this call is seen by a kernel that looks by itself: a full fence stands between.
     */
    public boolean needsWakeUp() {
        VarHandle.fullFence();
        return (Memory.getInt(flags) & XdpConstants.XDP_RING_NEED_WAKEUP) != 0;
    }

    /**
     * Takes an element of an {@link #available} one: its address, where a descriptor or a chunk's offset is. It is
     * readable until {@link #release}.
     */
    public long take() {
        return element();
    }

    /** Gives the kernel back the room of what was taken. */
    public void release() {
        Memory.storeRelease(consumer, own);
    }

    /** Shows the kernel of a transmit ring what was added in front of a counter. */
    public void publish(int counter) {
        Memory.storeRelease(producer, counter);
    }

    /** Of a ring that we produce: the counter of the next element that is added. */
    public int counter() {
        return own;
    }

    /**
     * Goes back, or forward, to write elements anew; in copy mode, where the kernel looks only while it is called. It
     * remembers how far the ring was filled (cached_prod, net/xdp/xsk_queue.h) and takes what stands there: so what was
     * published can be replaced, and is not to be taken back.
     */
    public void moveTo(int counter) {
        own = counter;
    }

    /**
     * Of a ring that we produce: the counter in front of which the kernel has taken all. In copy mode a kernel before
     * 6.17 tells it only where the ring was emptied.
     */
    public int consumed() {
        return Memory.loadAcquire(consumer);
    }

    @Override
    public void close() {
        mapping.close();
    }
}
