package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;

/**
 * The kernel's side of packet sockets, played in memory: frames that {@link #deliver} makes appear in every receive
 * ring, and a transmit ring is emptied at every kick. No frame leaves the process, and no privilege is needed.
 *
 * <p>It is there to run the data path before the first real frame comes, so that the JIT has compiled it by then: a
 * frame that is interpreted takes some 100 microseconds longer.
 *
 * <p><b>Threading:</b> the system calls from any thread; made by the one that receives and delivers. <b>Owns:</b> the
 * memory of all rings, until {@link #close}.
 */
public final class RehearsalKernel implements Libc, AutoCloseable {
    /** Where all threads are: not where anybody else is. */
    public static final int PROCESSOR = 8191;

    private static final int FIRST_FD = 1 << 20; // no file has such a number
    private static final int FRAME_BYTES = 60;
    private static final int VLAN = 100;

    /** Every so manieth frame is multicast, one is tagged, and of one the checksum is left to finish. */
    private static final int KINDS = 8;

    /** Behind Ethernet and IP, and in TCP. */
    private static final int CHECKSUM_START = 34;

    private static final int CHECKSUM_OFFSET = 16;

    /** Of a frame within its place: behind header, socket address, reserve and vnet header, as tpacket_rcv has it. */
    private static final int MAC_OFFSET = 96;

    private static final int PLACE_BYTES = 160;

    /** A receive ring, and where the kernel would put the next frame. */
    private static final class Receive {
        private final int blockBytes;
        private final int blocks;
        private long base;
        private int block;
        private int frames;

        private Receive(MemorySegment request) {
            blockBytes = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_SIZE);
            blocks = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_BLOCK_NR);
        }
    }

    /** A transmit ring, and the slot that the kernel would look at next. */
    private static final class Transmit {
        private final int slotBytes;
        private final int slots;
        private long base;
        private int next;

        private Transmit(MemorySegment request) {
            slotBytes = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_SIZE);
            slots = request.get(ValueLayout.JAVA_INT, PacketLayouts.REQ_FRAME_NR);
        }
    }

    private final Thread player = Thread.currentThread();
    private final Arena arena = Arena.ofShared();
    private final List<Receive> receiving = new ArrayList<>();
    private final Map<Integer, Receive> receive = new HashMap<>();
    private final Map<Integer, Transmit> transmit = new HashMap<>();
    private int nextFd = FIRST_FD;
    private int frame;
    private boolean offloading;

    /** Puts one frame into every receive ring that has room. @param close whether the block is handed over with it */
    public void deliver(boolean close) {
        for (Receive ring : receiving) {
            long block = ring.base + (long) ring.block * ring.blockBytes;
            if (Memory.loadAcquire(block + PacketLayouts.BLOCK_STATUS) == PacketConstants.TP_STATUS_KERNEL) {
                long header = block + PacketLayouts.BLOCK_BYTES + (long) ring.frames * PLACE_BYTES;
                ring.frames++;
                write(header, close, frame++ % KINDS);
                if (close) {
                    close(ring, block);
                }
            }
        }
    }

    /** As tpacket_rcv: all of it first, then what tells that it is there. */
    private static void write(long header, boolean last, int kind) {
        long mac = header + MAC_OFFSET;
        Memory.putByte(mac, (byte) (kind == 1 ? 3 : 2)); // a local address; of a group, or not
        VnetHeader.clear(mac - VnetHeader.BYTES);
        int status = PacketConstants.TP_STATUS_USER;
        if (kind == 2) {
            status |= PacketConstants.TP_STATUS_VLAN_VALID;
            Memory.putInt(header + PacketLayouts.TPACKET3_VLAN_TCI, VLAN);
        } else if (kind == 3) {
            VnetHeader.needChecksum(mac - VnetHeader.BYTES, CHECKSUM_START, CHECKSUM_OFFSET);
        }
        Memory.putInt(header + PacketLayouts.TPACKET3_NEXT_OFFSET, last ? 0 : PLACE_BYTES);
        Memory.putInt(header + PacketLayouts.TPACKET3_LEN, FRAME_BYTES);
        Memory.putInt(header + PacketLayouts.TPACKET3_SNAPLEN, FRAME_BYTES);
        Memory.putShort(header + PacketLayouts.TPACKET3_MAC, MAC_OFFSET);
        Memory.putShort(header + PacketLayouts.TPACKET3_FAMILY, PacketConstants.AF_PACKET);
        Memory.storeRelease(header + PacketLayouts.TPACKET3_STATUS, status);
    }

    private static void close(Receive ring, long block) {
        int used = PacketLayouts.BLOCK_BYTES + ring.frames * PLACE_BYTES;
        Memory.putInt(block + PacketLayouts.BLOCK_NUM_PKTS, ring.frames);
        Memory.putInt(block + PacketLayouts.BLOCK_OFFSET_TO_FIRST_PKT, PacketLayouts.BLOCK_BYTES);
        Memory.putInt(block + PacketLayouts.BLOCK_LEN, used);
        Memory.storeRelease(block + PacketLayouts.BLOCK_STATUS, PacketConstants.TP_STATUS_USER);
        ring.frames = 0;
        ring.block = ring.block + 1 == ring.blocks ? 0 : ring.block + 1;
    }

    @Override
    public synchronized int socket(int domain, int type, int protocol) {
        return nextFd++;
    }

    @Override
    public synchronized int eventfd(int initial, int flags) {
        return nextFd++;
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return 0;
    }

    @Override
    public synchronized int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        if (level == PacketConstants.SOL_PACKET && option == PacketConstants.PACKET_RX_RING) {
            receive.put(fd, new Receive(value));
        } else if (level == PacketConstants.SOL_PACKET && option == PacketConstants.PACKET_TX_RING) {
            transmit.put(fd, new Transmit(value));
        }
        return 0;
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return 0;
    }

    @Override
    public synchronized long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        long at = arena.allocate(bytes, 4096).address();
        Receive ring = receive.get(fd);
        if (ring != null) {
            ring.base = at;
            receiving.add(ring);
        } else {
            transmit.get(fd).base = at;
        }
        return at;
    }

    @Override
    public int munmap(long address, long bytes) {
        return 0;
    }

    /** Nothing ever happens, but for other threads than the one that plays the time goes by: a millisecond at most. */
    @Override
    public int poll(MemorySegment fds, long count, int timeoutMs) {
        if (Thread.currentThread() != player) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMs == 0 ? 0 : 1));
        }
        return 0;
    }

    @Override
    public int ppoll(MemorySegment fds, long count, MemorySegment timespec) {
        return poll(fds, count, 1);
    }

    @Override
    public long read(int fd, MemorySegment buffer, long bytes) {
        return bytes;
    }

    @Override
    public long write(int fd, MemorySegment buffer, long bytes) {
        return bytes;
    }

    /** Takes all frames of the transmit ring, or the one that is given. */
    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        Transmit ring = transmit.get(fd);
        return ring == null ? bytes : take(ring);
    }

    private static long take(Transmit ring) {
        long taken = 0;
        for (long slot = ring.base + (long) ring.next * ring.slotBytes;
                Memory.loadAcquire(slot + PacketLayouts.TPACKET2_STATUS) == PacketConstants.TP_STATUS_SEND_REQUEST;
                slot = ring.base + (long) ring.next * ring.slotBytes) {
            taken += Memory.getInt(slot + PacketLayouts.TPACKET2_LEN) - VnetHeader.BYTES;
            Memory.storeRelease(slot + PacketLayouts.TPACKET2_STATUS, PacketConstants.TP_STATUS_AVAILABLE);
            ring.next = ring.next + 1 == ring.slots ? 0 : ring.next + 1;
        }
        return taken;
    }

    @Override
    public long recv(int fd, MemorySegment buffer, long bytes, int flags) {
        return 0;
    }

    /** Whether interfaces of ports that are opened from now on finish checksums and cut GSO frames. */
    public void offloading(boolean on) {
        offloading = on;
    }

    /** ethtool's questions for single offloads. */
    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        return offloading ? -Errno.EOPNOTSUPP : 0; // not answered is yes, and in the question stands no
    }

    @Override
    public int clock_gettime(int clock, MemorySegment timespec) {
        return Libc.system().clock_gettime(clock, timespec);
    }

    @Override
    public int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
        return 0;
    }

    @Override
    public int sched_getaffinity(int thread, long maskBytes, MemorySegment mask) {
        return Libc.system().sched_getaffinity(thread, maskBytes, mask);
    }

    @Override
    public int sched_getcpu() {
        return PROCESSOR;
    }

    @Override
    public int setpriority(int which, int who, int nice) {
        return 0;
    }

    @Override
    public int bpf(int command, MemorySegment attr, int attrBytes) {
        return 0;
    }

    @Override
    public int close(int fd) {
        return 0;
    }

    /** Frees all rings; nobody uses them any more. */
    @Override
    public void close() {
        arena.close();
    }
}
