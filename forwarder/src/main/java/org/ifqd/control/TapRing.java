package org.ifqd.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.ifqd.frame.FrameTap;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Mapping;
import org.ifqd.linux.Memory;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.linux.pcap.FrameFilter;

/**
 * Copies of the frames of a tap on their way to the client, as the bytes that will be written: bounded, so a client
 * that is slow, or stopped, costs the tap frames and nobody else anything.
 *
 * <pre>
 *   record   int bytes (of the frame), long stampNs, the frame; big endian
 * </pre>
 *
 * <p><b>Threading:</b> {@link #frame} from any thread; those that copy wait for each other, never for the client.
 * {@link #drain} by one thread. <b>Invariant:</b> bytes {@code head} to {@code tail} are whole records; {@code tail} is
 * moved by who copies, after the bytes, {@code head} by who drains.
 */
final class TapRing implements FrameTap, AutoCloseable {
    static final int RECORD_HEADER_BYTES = Integer.BYTES + Long.BYTES;

    private static final int MOST_AT_ONCE = 256 << 10;
    private static final int PAGE_BYTES = 4096;

    private final Mapping memory;
    private final long base;
    private final int capacity;
    private final FrameFilter filter;
    private final long limit;
    private final RealtimeClock clock = new RealtimeClock(Libc.system());
    private final ByteBuffer header = ByteBuffer.allocateDirect(RECORD_HEADER_BYTES);
    private final long headerAddress = Memory.addressOf(header);

    private volatile long head;
    private volatile long tail;
    private volatile long taken;
    private volatile long dropped;
    private boolean ended;

    /**
     * @param capacity bytes, a power of two
     * @param filter which frames, or null for all
     * @param limit frames to take, then no more
     */
    TapRing(int capacity, FrameFilter filter, long limit) {
        this.memory = Mapping.anonymous(Libc.system(), capacity, "a tap");
        this.base = memory.address();
        for (int page = 0; page < capacity; page += PAGE_BYTES) {
            Memory.putByte(base + page, (byte) 0); // else a worker would wait for it
        }
        this.capacity = capacity;
        this.filter = filter;
        this.limit = limit;
    }

    @Override
    public void frame(long address, int bytes, long stampNs) {
        if (filter == null || filter.matches(address, bytes)) {
            copy(address, bytes, stampNs);
        }
    }

    private synchronized void copy(long address, int bytes, long stampNs) {
        if (ended || taken == limit) {
            return;
        }
        long at = tail;
        if (at + RECORD_HEADER_BYTES + bytes - head > capacity) {
            dropped = dropped + 1; // under the monitor
            return;
        }
        header.putInt(0, bytes).putLong(Integer.BYTES, stampNs == NOW ? clock.nowNs() : stampNs);
        put(at, headerAddress, RECORD_HEADER_BYTES);
        put(at + RECORD_HEADER_BYTES, address, bytes);
        taken = taken + 1;
        tail = at + RECORD_HEADER_BYTES + bytes;
    }

    /** On return no frame comes any more. */
    synchronized void end() {
        ended = true;
    }

    /** Gives the memory back at once: the collector would come late, and stop the workers. After {@link #end}. */
    @Override
    public void close() {
        memory.close();
    }

    private void put(long at, long from, int bytes) {
        int offset = (int) at & capacity - 1;
        int first = Math.min(bytes, capacity - offset);
        Memory.copy(from, base + offset, first);
        Memory.copy(from + first, base, bytes - first);
    }

    /** Writes what is there now, whole records, so that an account may follow. False when there is nothing. */
    boolean drain(WritableByteChannel channel) throws IOException {
        long end = tail;
        if (head == end) {
            return false;
        }
        for (long from = head; from != end; from = head) {
            int offset = (int) from & capacity - 1;
            int bytes = (int) Math.min(Math.min(end - from, capacity - offset), MOST_AT_ONCE);
            ByteBuffer part = Memory.buffer(base + offset, bytes);
            while (part.hasRemaining()) {
                channel.write(part);
            }
            head = from + bytes; // room for more, though a record may be cut
        }
        return true;
    }

    /** Whether as many frames were taken as were asked for. */
    boolean isComplete() {
        return taken == limit;
    }

    /** Frames that were taken, those that wait included. */
    long taken() {
        return taken;
    }

    /** Frames that matched and found no room. */
    long dropped() {
        return dropped;
    }
}
