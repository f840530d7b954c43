package org.ifqd.port.xdp;

import org.ifqd.linux.Memory;
import org.ifqd.linux.xdp.XdpRing;

/**
 * What stands in a transmit ring and was not taken by the kernel, in order, with what the books need to know of it. An
 * entry is told by its counter in the ring.
 *
 * <p><b>Threading:</b> inside the serializer, or after the start barrier. <b>Allocation:</b> none.
 */
final class XdpEntries {
    /** The end of a frame that was received: the only segment of it, or the last one. */
    static final byte FRAME = 0;

    /** Another segment of a GSO frame. */
    static final byte SEGMENT = 1;

    /** In no books: a frame of our own, or one that was counted before. */
    static final byte UNCOUNTED = 2;

    private final XdpRing ring;
    private final int mask;
    private final int[] chunks;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] stampsNs;
    private final byte[] kinds;

    /** The first one, the one behind those that were published, the one behind the last. */
    private int head;

    private int published;
    private int tail;

    XdpEntries(XdpRing ring) {
        this.ring = ring;
        this.mask = ring.size() - 1;
        this.chunks = new int[ring.size()];
        this.offsets = new long[ring.size()];
        this.lengths = new int[ring.size()];
        this.stampsNs = new long[ring.size()];
        this.kinds = new byte[ring.size()];
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** One place stays free, for a frame that has to be put back. */
    boolean isFull() {
        return tail - head >= mask || ring.space() <= 1;
    }

    int head() {
        return head;
    }

    int tail() {
        return tail;
    }

    int chunk(int entry) {
        return chunks[entry & mask];
    }

    int bytes(int entry) {
        return lengths[entry & mask];
    }

    long stampNs(int entry) {
        return stampsNs[entry & mask];
    }

    /** What is kept in the stamp's place from now on. */
    void stampNs(int entry, long ns) {
        stampsNs[entry & mask] = ns;
    }

    byte kind(int entry) {
        return kinds[entry & mask];
    }

    void kind(int entry, byte kind) {
        kinds[entry & mask] = kind;
    }

    /** Adds one behind the others; not while it {@link #isFull}. */
    void put(int chunk, long offset, int bytes, long stampNs, byte kind) {
        int at = tail++ & mask;
        chunks[at] = chunk;
        offsets[at] = offset;
        lengths[at] = bytes;
        stampsNs[at] = stampNs;
        kinds[at] = kind;
        ring.add(offset, bytes);
    }

    /** Shows the kernel the first so many. Returns how many it sees. */
    int publish(int most) {
        if (published - head < most) {
            published = head + Math.min(most, tail - head);
            ring.publish(published);
        }
        return published - head;
    }

    /** Those of them that the kernel sees. */
    int published() {
        return published - head;
    }

    /** Those of them that it has taken, by its own counter. */
    int taken() {
        return Math.clamp(ring.consumed() - head, 0, published - head);
    }

    /** The first so many are taken, or given up. */
    void remove(int n) {
        head += n;
    }

    /**
     * The first one was taken and dropped: a copy of it in another chunk stands in front of the others. While the
     * kernel does not look.
     *
     * @param base address of the memory
     */
    void putBack(long base, int chunk, long offset) {
        Memory.copy(base + offsets[head & mask], base + offset, lengths[head & mask]);
        for (int i = tail; i != head; i--) { // counters wrap
            move(i - 1, i);
        }
        head++;
        tail++;
        chunks[head & mask] = chunk;
        offsets[head & mask] = offset;
        ring.moveTo(head);
        for (int i = head; i != tail; i++) {
            ring.add(offsets[i & mask], lengths[i & mask]);
        }
        if (published - head < 0) {
            published = head;
        }
    }

    private void move(int from, int to) {
        chunks[to & mask] = chunks[from & mask];
        offsets[to & mask] = offsets[from & mask];
        lengths[to & mask] = lengths[from & mask];
        stampsNs[to & mask] = stampsNs[from & mask];
        kinds[to & mask] = kinds[from & mask];
    }

    /** The kernel will pass over those that it sees. While it does not look. */
    void replaceByNothing() {
        ring.moveTo(head);
        for (int i = head; i != published; i++) {
            ring.addNothing();
        }
    }

    /** None is left. */
    void clear() {
        head = published;
        tail = published;
        ring.moveTo(published);
    }
}
