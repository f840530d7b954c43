package org.ifqd.linux.xdp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Memory;
import org.ifqd.linux.RehearsalKernel;

/**
 * The kernel's side of AF_XDP sockets, which looks at transmit rings only when it is called, see {@link
 * RehearsalKernel}: a chunk of a queue's fill ring gets a frame and comes up in the receive ring; what is in a
 * transmit ring comes back by the completion ring of its queue. As the kernel does, it remembers how far a transmit
 * ring was filled when it last looked, and passes over addresses that are in no memory.
 *
 * <p><b>Threading:</b> as there.
 */
public final class XdpRehearsalKernel extends RehearsalKernel {
    private static final int PRODUCER = 0;
    private static final int CONSUMER = 64;
    private static final int FLAGS = 128;
    private static final int ELEMENTS = 192;

    private static final int FRAME_BYTES = 60;

    /** Every so manieth frame is multicast, of one the checksum is left to finish, one is not IP. */
    private static final int KINDS = 8;

    private static final int PLACE_BYTES = 64;
    private static final int CHECKSUM = 50; // of TCP behind IPv4

    /** Folded sum of the pseudo header of TCP from 10.0.0.1 to 10.0.0.2, 26 bytes. */
    private static final short PSEUDO_SUM = 0x1423;

    /** A ring, seen from the other side. */
    private static final class Ring {
        private final int size;
        private final int elementBytes;
        private long base;

        /** Of a transmit ring: how far it was filled (cached_prod, net/xdp/xsk_queue.h). */
        private int seen;

        private Ring(int size, int elementBytes) {
            this.size = size;
            this.elementBytes = elementBytes;
        }

        private int waiting() {
            return Memory.loadAcquire(base + PRODUCER) - Memory.getInt(base + CONSUMER);
        }

        /** Whether there is one to take; looks at the producer's counter only when all that it knows of is taken. */
        private boolean peek() {
            int consumer = Memory.getInt(base + CONSUMER);
            if (consumer == seen) {
                seen = Memory.loadAcquire(base + PRODUCER);
            }
            return consumer != seen;
        }

        private int space() {
            return size - (Memory.getInt(base + PRODUCER) - Memory.loadAcquire(base + CONSUMER));
        }

        /** The element that a counter stands at. */
        private long element(int counter) {
            return base + ELEMENTS + (long) (Memory.getInt(base + counter) & size - 1) * elementBytes;
        }

        private void advance(int counter) {
            Memory.storeRelease(base + counter, Memory.getInt(base + counter) + 1);
        }
    }

    private final Map<Long, Ring> rings = new HashMap<>(); // by socket and page offset
    private final Map<Integer, Ring> completions = new HashMap<>(); // by socket: of the queue that it sends by
    private final Map<Long, Ring> queues = new HashMap<>(); // completion rings by interface and queue
    private final ByteBuffer templates = ByteBuffer.allocate(KINDS * PLACE_BYTES);
    private Ring[] receiving = {};
    private Ring[] filling = {};
    private long umem;
    private long umemBytes;
    private int frame;
    private boolean full;
    private long taken;
    private long passedOver;

    /** Nothing is open yet. */
    public XdpRehearsalKernel() {
        for (int kind = 0; kind < KINDS; kind++) {
            ByteBuffer at = templates.slice(kind * PLACE_BYTES, PLACE_BYTES);
            at.put(0, (byte) (kind == 1 ? 3 : 2)); // a local address; of a group, or not
            at.putShort(12, (short) (kind == 2 ? 0x88b5 : 0x0800));
            at.put(14, (byte) 0x45).putShort(16, (short) 46).put(22, (byte) 64).put(23, (byte) (kind < 6 ? 6 : 17));
            at.putInt(26, 0x0a000001).putInt(30, 0x0a000002);
            at.putShort(CHECKSUM, kind == 3 ? PSEUDO_SUM : 0x0ff0);
        }
    }

    private static long key(int fd, long place) {
        return (long) fd << 40 | place >>> 12;
    }

    @Override
    public synchronized int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        if (level == XdpConstants.SOL_XDP) {
            switch (option) {
                case XdpConstants.XDP_UMEM_REG -> {
                    umem = value.get(ValueLayout.JAVA_LONG, XdpConstants.UMEM_REG_ADDR);
                    umemBytes = value.get(ValueLayout.JAVA_LONG, XdpConstants.UMEM_REG_LEN);
                }
                case XdpConstants.XDP_RX_RING -> ring(fd, XdpConstants.XDP_PGOFF_RX_RING, value, true);
                case XdpConstants.XDP_TX_RING -> ring(fd, XdpConstants.XDP_PGOFF_TX_RING, value, true);
                case XdpConstants.XDP_UMEM_FILL_RING -> ring(fd, XdpConstants.XDP_UMEM_PGOFF_FILL_RING, value, false);
                default -> ring(fd, XdpConstants.XDP_UMEM_PGOFF_COMPLETION_RING, value, false);
            }
        }
        return 0;
    }

    private void ring(int fd, long place, MemorySegment value, boolean isOfFrames) {
        int bytes = isOfFrames ? XdpConstants.DESC_BYTES : XdpConstants.ADDR_BYTES;
        rings.put(key(fd, place), new Ring(value.get(ValueLayout.JAVA_INT, 0), bytes));
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        if (level == XdpConstants.SOL_XDP && option == XdpConstants.XDP_MMAP_OFFSETS) {
            for (int at = 0; at < XdpConstants.OFFSETS_BYTES; at += XdpConstants.RING_OFFSET_BYTES) {
                value.set(ValueLayout.JAVA_LONG, at + XdpConstants.RING_PRODUCER, PRODUCER);
                value.set(ValueLayout.JAVA_LONG, at + XdpConstants.RING_CONSUMER, CONSUMER);
                value.set(ValueLayout.JAVA_LONG, at + XdpConstants.RING_FLAGS, FLAGS);
                value.set(ValueLayout.JAVA_LONG, at + XdpConstants.RING_DESC, ELEMENTS);
            }
        }
        if (level == XdpConstants.SOL_XDP && option == XdpConstants.XDP_STATISTICS) {
            value.set(ValueLayout.JAVA_LONG, XdpConstants.TX_INVALID_DESCS, passedOver);
        }
        return 0;
    }

    @Override
    public synchronized long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        long at = memory(bytes);
        Ring ring = rings.get(key(fd, offset));
        if (ring != null) {
            ring.base = at;
            Memory.putInt(at + FLAGS, XdpConstants.XDP_RING_NEED_WAKEUP);
        }
        return at;
    }

    /** A socket with rings of its own serves its queue; any other one sends by the queue that is named. */
    @Override
    public synchronized int bind(int fd, MemorySegment address, int addressBytes) {
        if (address.get(ValueLayout.JAVA_SHORT, 0) != XdpConstants.AF_XDP) {
            return 0;
        }
        long queue = (long) address.get(ValueLayout.JAVA_INT, XdpConstants.SOCKADDR_IFINDEX) << 32
                | address.get(ValueLayout.JAVA_INT, XdpConstants.SOCKADDR_QUEUE);
        Ring completion = rings.get(key(fd, XdpConstants.XDP_UMEM_PGOFF_COMPLETION_RING));
        if (completion == null) {
            completions.put(fd, queues.get(queue));
        } else {
            queues.put(queue, completion);
            receiving = with(receiving, rings.get(key(fd, XdpConstants.XDP_PGOFF_RX_RING)));
            filling = with(filling, rings.get(key(fd, XdpConstants.XDP_UMEM_PGOFF_FILL_RING)));
        }
        return 0;
    }

    private static Ring[] with(Ring[] rings, Ring one) {
        Ring[] all = Arrays.copyOf(rings, rings.length + 1);
        all[rings.length] = one;
        return all;
    }

    @Override
    public int deliver(boolean close) {
        int rings = 0;
        for (int i = 0; i < receiving.length; i++) {
            Ring rx = receiving[i];
            Ring fill = filling[i];
            if (rx.space() > 0 && fill.waiting() > 0) {
                long offset = Memory.getLong(fill.element(CONSUMER)) + Umem.FRAME_OFFSET;
                fill.advance(CONSUMER);
                write(umem + offset, frame++ % KINDS);
                long descriptor = rx.element(PRODUCER);
                Memory.putLong(descriptor + XdpConstants.DESC_ADDR, offset);
                Memory.putInt(descriptor + XdpConstants.DESC_LEN, FRAME_BYTES);
                rx.advance(PRODUCER);
                rings++;
            }
        }
        return rings;
    }

    private void write(long at, int kind) {
        for (int i = 0; i < PLACE_BYTES; i++) {
            Memory.putByte(at + i, templates.get(kind * PLACE_BYTES + i));
        }
    }

    /** From now on the devices take no frame, or again all. */
    public void full(boolean isFull) {
        full = isFull;
    }

    /** Frames that the devices have taken. */
    public long taken() {
        return taken;
    }

    /** Takes all frames of the transmit ring, or none. */
    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        Ring tx;
        Ring completion;
        synchronized (this) {
            tx = rings.get(key(fd, XdpConstants.XDP_PGOFF_TX_RING));
            completion = completions.get(fd);
        }
        if (tx == null || completion == null) {
            return bytes;
        }
        while (tx.peek() && completion.space() > 0) {
            long offset = Memory.getLong(tx.element(CONSUMER));
            boolean isFrame = offset >= 0 && offset < umemBytes;
            if (isFrame && full) {
                return -Errno.EAGAIN;
            }
            if (isFrame) {
                Memory.putLong(completion.element(PRODUCER), offset);
                completion.advance(PRODUCER);
                taken++;
            } else {
                passedOver++;
            }
            tx.advance(CONSUMER);
        }
        return 0;
    }
}
