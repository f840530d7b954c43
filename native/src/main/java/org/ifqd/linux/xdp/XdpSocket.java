package org.ifqd.linux.xdp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Mapping;

/**
 * A socket of one queue of one interface. It is set up in this order: UMEM or the socket that has it, rings, bind.
 *
 * <p><b>Threading:</b> set-up by one thread; {@link #kick} by one at a time. <b>Owns:</b> its descriptor; its rings are
 * whoever's asked for them, and outlive it.
 */
public final class XdpSocket implements AutoCloseable {
    private static final String CAPABILITY =
            "needs CAP_NET_RAW; run as root or grant it (systemd: AmbientCapabilities=)";

    private static final String NO_MEMORY = "too much memory is locked; grant CAP_IPC_LOCK, raise the limit"
            + " (systemd: LimitMEMLOCK=infinity, ulimit -l), or use a smaller --queue";

    private final Libc libc;
    private final String interfaceName;
    private final Fd fd;

    private XdpSocket(Libc libc, String interfaceName, Fd fd) {
        this.libc = libc;
        this.interfaceName = interfaceName;
        this.fd = fd;
    }

    /** Opens a socket that is not bound yet. */
    public static XdpSocket open(Libc libc, String interfaceName) {
        int number = libc.socket(XdpConstants.AF_XDP, XdpConstants.SOCK_RAW | XdpConstants.SOCK_CLOEXEC, 0);
        String cure =
                switch (-number) {
                    case Errno.EPERM -> CAPABILITY;
                    case Errno.EAFNOSUPPORT ->
                        "this kernel is built without CONFIG_XDP_SOCKETS; use --backend af_packet";
                    default -> "";
                };
        ErrnoException.check(number, "socket AF_XDP", interfaceName, cure);
        return new XdpSocket(libc, interfaceName, new Fd(libc, number));
    }

    /** The descriptor's number, for poll and for the program's map. */
    public int number() {
        return fd.number();
    }

    /** Gives the kernel the memory, which it pins. */
    public void register(Umem umem) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reg = arena.allocate(XdpConstants.UMEM_REG_BYTES, 8);
            reg.set(ValueLayout.JAVA_LONG, XdpConstants.UMEM_REG_ADDR, umem.address());
            reg.set(ValueLayout.JAVA_LONG, XdpConstants.UMEM_REG_LEN, umem.bytes());
            reg.set(ValueLayout.JAVA_INT, XdpConstants.UMEM_REG_CHUNK_SIZE, umem.chunkBytes());
            reg.set(ValueLayout.JAVA_INT, XdpConstants.UMEM_REG_HEADROOM, Umem.HEADROOM);
            set(XdpConstants.SOL_XDP, XdpConstants.XDP_UMEM_REG, reg, "XDP_UMEM_REG");
        }
    }

    /** The ring by which the kernel gets chunks to receive into; we produce it. */
    public XdpRing fillRing(int size) {
        return ring(XdpConstants.XDP_UMEM_FILL_RING, size, 2, XdpConstants.XDP_UMEM_PGOFF_FILL_RING, false);
    }

    /** The ring by which chunks that were sent come back; we consume it. */
    public XdpRing completionRing(int size) {
        return ring(XdpConstants.XDP_UMEM_COMPLETION_RING, size, 3, XdpConstants.XDP_UMEM_PGOFF_COMPLETION_RING, false);
    }

    /** The ring of received frames; we consume it. */
    public XdpRing rxRing(int size) {
        return ring(XdpConstants.XDP_RX_RING, size, 0, XdpConstants.XDP_PGOFF_RX_RING, true);
    }

    /** The ring of frames to be sent; we produce it. */
    public XdpRing txRing(int size) {
        return ring(XdpConstants.XDP_TX_RING, size, 1, XdpConstants.XDP_PGOFF_TX_RING, true);
    }

    private XdpRing ring(int option, int size, int place, long pageOffset, boolean isOfFrames) {
        try (Arena arena = Arena.ofConfined()) {
            set(XdpConstants.SOL_XDP, option, arena.allocateFrom(ValueLayout.JAVA_INT, size), "XDP ring " + option);
            MemorySegment offsets = get(arena, XdpConstants.XDP_MMAP_OFFSETS, XdpConstants.OFFSETS_BYTES);
            int at = place * XdpConstants.RING_OFFSET_BYTES;
            long elements = offsets.get(ValueLayout.JAVA_LONG, at + XdpConstants.RING_DESC);
            int elementBytes = isOfFrames ? XdpConstants.DESC_BYTES : XdpConstants.ADDR_BYTES;
            Mapping mapping = Mapping.of(
                    libc,
                    fd.number(),
                    elements + (long) size * elementBytes,
                    pageOffset,
                    "XDP ring of " + interfaceName);
            return new XdpRing(
                    mapping,
                    offsets.get(ValueLayout.JAVA_LONG, at + XdpConstants.RING_PRODUCER),
                    offsets.get(ValueLayout.JAVA_LONG, at + XdpConstants.RING_CONSUMER),
                    offsets.get(ValueLayout.JAVA_LONG, at + XdpConstants.RING_FLAGS),
                    elements,
                    elementBytes,
                    size);
        }
    }

    /**
     * Binds to a queue.
     *
     * @param shared the socket whose UMEM it uses, and whose mode; or null for its own
     * @param zeroCopy whether the driver is to receive into the UMEM and send from it, or else the kernel copies
     * @return 0 or minus the errno: EBUSY while an earlier socket of the queue is still being taken away; in zero-copy
     *     mode EOPNOTSUPP or whatever the driver says where it cannot
     */
    public int bind(int interfaceIndex, int queue, XdpSocket shared, boolean zeroCopy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(XdpConstants.SOCKADDR_BYTES, 4);
            int flags = shared == null
                    ? (zeroCopy ? XdpConstants.XDP_ZEROCOPY : XdpConstants.XDP_COPY) | XdpConstants.XDP_USE_NEED_WAKEUP
                    : XdpConstants.XDP_SHARED_UMEM; // with any other flag beside it: EINVAL, xsk_bind
            address.set(ValueLayout.JAVA_SHORT, 0, (short) XdpConstants.AF_XDP);
            address.set(ValueLayout.JAVA_SHORT, XdpConstants.SOCKADDR_FLAGS, (short) flags);
            address.set(ValueLayout.JAVA_INT, XdpConstants.SOCKADDR_IFINDEX, interfaceIndex);
            address.set(ValueLayout.JAVA_INT, XdpConstants.SOCKADDR_QUEUE, queue);
            address.set(ValueLayout.JAVA_INT, XdpConstants.SOCKADDR_SHARED_FD, shared == null ? 0 : shared.fd.number());
            return libc.bind(fd.number(), address, XdpConstants.SOCKADDR_BYTES);
        }
    }

    /** A send buffer so large that the rings are the only limit. Best effort, as for a packet socket. */
    public void sendBuffer(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            libc.setsockopt(
                    fd.number(),
                    XdpConstants.SOL_SOCKET,
                    XdpConstants.SO_SNDBUFFORCE,
                    arena.allocateFrom(ValueLayout.JAVA_INT, bytes),
                    4);
        }
    }

    /** Whether it is bound in zero-copy mode, by the kernel's own word. */
    public boolean isZeroCopy() {
        try (Arena arena = Arena.ofConfined()) {
            return (get(arena, XdpConstants.XDP_OPTIONS, Integer.BYTES).get(ValueLayout.JAVA_INT, 0)
                            & XdpConstants.XDP_OPTIONS_ZEROCOPY)
                    != 0;
        }
    }

    /**
     * Has the kernel look at the transmit ring. In copy mode it sends before it returns, up to 32 frames; in zero-copy
     * mode the driver sends afterwards.
     *
     * @return 0, or the errno: EAGAIN for more or for a device that is full, EBUSY for a last frame that was consumed
     *     and not sent (xsk_generic_xmit)
     */
    public int kick() {
        // not sendtoQuick: which errno it is tells whether a frame was lost
        long result = libc.sendto(fd.number(), MemorySegment.NULL, 0, XdpConstants.MSG_DONTWAIT, MemorySegment.NULL, 0);
        return result < 0 ? (int) -result : 0;
    }

    /** Has the driver look at the fill ring, in zero-copy mode; of a socket that receives. */
    public void wakeReceive() {
        libc.recvQuick(fd.number(), MemorySegment.NULL, 0, XdpConstants.MSG_DONTWAIT);
    }

    /** Frames that were dropped at this queue since the bind: for want of a chunk, of length, of room in the ring. */
    public long drops() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statistics = get(arena, XdpConstants.XDP_STATISTICS, XdpConstants.STATISTICS_BYTES);
            return statistics.get(ValueLayout.JAVA_LONG, XdpConstants.RX_DROPPED)
                    + statistics.get(ValueLayout.JAVA_LONG, XdpConstants.RX_RING_FULL);
        }
    }

    /** Descriptors of the transmit ring that the kernel has passed over, since the bind. */
    public long passedOver() {
        try (Arena arena = Arena.ofConfined()) {
            return get(arena, XdpConstants.XDP_STATISTICS, XdpConstants.STATISTICS_BYTES)
                    .get(ValueLayout.JAVA_LONG, XdpConstants.TX_INVALID_DESCS);
        }
    }

    private void set(int level, int option, MemorySegment value, String name) {
        int result = libc.setsockopt(fd.number(), level, option, value, (int) value.byteSize());
        String cure = result == -Errno.ENOBUFS || result == -Errno.ENOMEM ? NO_MEMORY : "";
        ErrnoException.check(result, "setsockopt " + name, interfaceName, cure);
    }

    private MemorySegment get(Arena arena, int option, int bytes) {
        MemorySegment value = arena.allocate(bytes, 8);
        MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, bytes);
        int result = libc.getsockopt(fd.number(), XdpConstants.SOL_XDP, option, value, length);
        ErrnoException.check(result, "getsockopt XDP " + option, interfaceName, "");
        if (length.get(ValueLayout.JAVA_INT, 0) < bytes) { // before Linux 5.4 there were fewer fields
            throw new ErrnoException(
                    "getsockopt XDP " + option, interfaceName, Errno.EOPNOTSUPP, "needs Linux 5.9 or later");
        }
        return value;
    }

    @Override
    public void close() {
        fd.close();
    }
}
