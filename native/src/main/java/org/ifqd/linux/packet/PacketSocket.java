package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;

/**
 * An AF_PACKET socket for raw frames of one interface. Options are set one by one, in the order that packet(7) asks
 * for: version and vnet header before the ring, the ring before bind.
 *
 * <p><b>Threading:</b> set-up by one thread; {@link #kick}, {@link #send} and {@link #error} later by one at a time.
 * <b>Owns:</b> its descriptor; closing it also ends its promiscuous membership.
 */
public final class PacketSocket implements AutoCloseable {
    private static final String CAPABILITY =
            "needs CAP_NET_RAW; run as root or grant it (systemd: AmbientCapabilities=)";

    private static final long SIOCGIFFLAGS = 0x8913;
    private static final int IFNAMSIZ = 16;

    /** Where the union of {@code struct ifreq} begins. */
    static final int IFREQ_DATA = IFNAMSIZ;

    private static final int IFREQ_BYTES = 40;
    private static final int IFF_RUNNING = 0x40;

    private final Libc libc;
    private final String interfaceName;
    private final Fd fd;

    private PacketSocket(Libc libc, String interfaceName, Fd fd) {
        this.libc = libc;
        this.interfaceName = interfaceName;
        this.fd = fd;
    }

    /** Opens a socket that receives nothing until {@link #bind}. */
    public static PacketSocket open(Libc libc, String interfaceName) {
        int number = libc.socket(PacketConstants.AF_PACKET, PacketConstants.SOCK_RAW | PacketConstants.SOCK_CLOEXEC, 0);
        String cure = number == -Errno.EPERM ? CAPABILITY : "";
        ErrnoException.check(number, "socket AF_PACKET", interfaceName, cure);
        return new PacketSocket(libc, interfaceName, new Fd(libc, number));
    }

    /**
     * Finds out whether this process may have packet sockets and whether the kernel's can do what ports need. Nothing
     * is received.
     *
     * @throws ErrnoException for the first thing that is missing
     */
    public static void probe(Libc libc) {
        try (PacketSocket receiving = open(libc, "probe");
                PacketSocket sending = open(libc, "probe")) {
            receiving.version(PacketConstants.TPACKET_V3);
            receiving.vnetHeader();
            receiving.ignoreOutgoing();
            sending.version(PacketConstants.TPACKET_V2);
            sending.vnetHeader();
            sending.bypassQdisc();
        }
    }

    /** The descriptor's number, for poll. */
    public int number() {
        return fd.number();
    }

    Libc libc() {
        return libc;
    }

    String interfaceName() {
        return interfaceName;
    }

    /** Ring format: TPACKET_V2 or TPACKET_V3. */
    void version(int version) {
        set(PacketConstants.PACKET_VERSION, version, "PACKET_VERSION", "this kernel is too old");
    }

    /** Every frame has a {@code virtio_net_hdr} in front, both ways. Before any ring. */
    public void vnetHeader() {
        set(PacketConstants.PACKET_VNET_HDR, 1, "PACKET_VNET_HDR", "this kernel is too old");
    }

    /** Room in front of each received frame. Before the ring. */
    void reserve(int bytes) {
        set(PacketConstants.PACKET_RESERVE, bytes, "PACKET_RESERVE", "");
    }

    /** Frames that leave through the interface, ours among them, do not even come to this socket. Linux 4.20. */
    public void ignoreOutgoing() {
        set(PacketConstants.PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING", "needs Linux 4.20 or later");
    }

    /** Transmit goes straight to the driver: no queueing discipline, no second queue behind ours. */
    public void bypassQdisc() {
        set(PacketConstants.PACKET_QDISC_BYPASS, 1, "PACKET_QDISC_BYPASS", "");
    }

    /**
     * Opens a fanout group with a number of its own: from now on the sockets that {@link #joinFanout} share the
     * interface's frames with this one by flow hash, each flow to one socket. After bind.
     *
     * @return the group's number
     */
    public int openFanout() {
        joinFanout(PacketConstants.PACKET_FANOUT_FLAG_UNIQUEID << 16);
        int value = get(PacketConstants.SOL_PACKET, PacketConstants.PACKET_FANOUT);
        return ErrnoException.check(value, "getsockopt PACKET_FANOUT", interfaceName, "") & 0xffff;
    }

    /**
     * Joins a fanout group of the same interface. After bind; a socket that is bound and has not joined gets every
     * frame.
     */
    public void joinFanout(int group) {
        set(PacketConstants.PACKET_FANOUT, group | PacketConstants.PACKET_FANOUT_HASH << 16, "PACKET_FANOUT", "");
    }

    private void set(int option, int value, String name, String cure) {
        try (Arena arena = Arena.ofConfined()) {
            set(PacketConstants.SOL_PACKET, option, arena.allocateFrom(ValueLayout.JAVA_INT, value), name, cure);
        }
    }

    /** @param ifUnknown what helps where the kernel does not know the option */
    void set(int level, int option, MemorySegment value, String name, String ifUnknown) {
        int result = libc.setsockopt(fd.number(), level, option, value, (int) value.byteSize());
        boolean isUnknown = result == -Errno.EINVAL || result == -Errno.ENOPROTOOPT || result == -Errno.EOPNOTSUPP;
        ErrnoException.check(result, "setsockopt " + name, interfaceName, isUnknown ? ifUnknown : "");
    }

    /**
     * A send buffer large enough that the ring is the only limit. Best effort: beyond wmem_max it needs CAP_NET_ADMIN.
     */
    public void sendBuffer(int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            libc.setsockopt(
                    fd.number(),
                    PacketConstants.SOL_SOCKET,
                    PacketConstants.SO_SNDBUFFORCE,
                    arena.allocateFrom(ValueLayout.JAVA_INT, bytes),
                    4);
        }
    }

    /** Room for no more than a few frames. */
    void smallestReceiveBuffer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment least = arena.allocateFrom(ValueLayout.JAVA_INT, 1); // the kernel makes it SOCK_MIN_RCVBUF
            set(PacketConstants.SOL_SOCKET, PacketConstants.SO_RCVBUF, least, "SO_RCVBUF", "");
        }
    }

    /** Promiscuous for as long as this socket is open, also if the process dies. */
    public void promiscuous(int interfaceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mreq = arena.allocate(PacketLayouts.MREQ_BYTES, 4);
            mreq.set(ValueLayout.JAVA_INT, PacketLayouts.MREQ_IFINDEX, interfaceIndex);
            mreq.set(ValueLayout.JAVA_SHORT, PacketLayouts.MREQ_TYPE, (short) PacketConstants.PACKET_MR_PROMISC);
            set(PacketConstants.SOL_PACKET, PacketConstants.PACKET_ADD_MEMBERSHIP, mreq, "PACKET_ADD_MEMBERSHIP", "");
        }
    }

    /** Binds to an interface and starts to receive all protocols. */
    public void bindToReceive(int interfaceIndex) {
        bind(interfaceIndex, PacketConstants.ETH_P_ALL);
    }

    /** Binds to an interface for transmit only: protocol 0 receives nothing. */
    public void bindToSend(int interfaceIndex) {
        bind(interfaceIndex, 0);
    }

    private void bind(int interfaceIndex, int protocol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(PacketLayouts.SOCKADDR_LL_BYTES, 4);
            address.set(ValueLayout.JAVA_SHORT, PacketLayouts.SOCKADDR_LL_FAMILY, (short) PacketConstants.AF_PACKET);
            address.set(
                    ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN),
                    PacketLayouts.SOCKADDR_LL_PROTOCOL,
                    (short) protocol);
            address.set(ValueLayout.JAVA_INT, PacketLayouts.SOCKADDR_LL_IFINDEX, interfaceIndex);
            int result = libc.bind(fd.number(), address, PacketLayouts.SOCKADDR_LL_BYTES);
            String cure = result == -Errno.ENETDOWN ? "interface is down; ip link set " + interfaceName + " up" : "";
            ErrnoException.check(result, "bind AF_PACKET", interfaceName, cure);
        }
    }

    /** From now on the kernel hands all frames that come in to this socket. */
    public void acceptIncoming() {
        accept(SocketFilter.INCOMING);
    }

    /** From now on the kernel hands the frames that match to this socket. */
    public void accept(SocketFilter filter) {
        filter.attach(libc, fd.number(), interfaceName);
    }

    /** From now on the kernel hands no new frame to this socket; what is in its ring stays there. */
    public void rejectAll() {
        accept(SocketFilter.NONE);
    }

    /** Takes the next frame, as much as there is room for; never blocks. Bytes, or negative if there is none. */
    long receive(MemorySegment room) {
        return libc.recvQuick(fd.number(), room, room.byteSize(), PacketConstants.MSG_DONTWAIT);
    }

    /** Tells the kernel to take what is in the transmit ring. Returns bytes taken, or minus the errno; never blocks. */
    long kick() {
        return libc.sendto(fd.number(), MemorySegment.NULL, 0, PacketConstants.MSG_DONTWAIT, MemorySegment.NULL, 0);
    }

    /** {@link #kick} without the errno: negative for any failure. */
    long kickQuick() {
        return libc.sendtoQuick(
                fd.number(), MemorySegment.NULL, 0, PacketConstants.MSG_DONTWAIT, MemorySegment.NULL, 0);
    }

    /**
     * Sends one frame that lies in native memory, vnet header first; never blocks. Allocates.
     *
     * @param address of the vnet header
     * @param bytes of header and frame
     * @return bytes sent, or minus the errno
     */
    public long send(long address, long bytes) {
        return send(Memory.segment(address, bytes));
    }

    /** {@link #send(long, long)} that allocates nothing, without the errno: negative for any failure. */
    public long sendQuick(long address, long bytes) {
        return libc.sendtoQuick(fd.number(), address, bytes, PacketConstants.MSG_DONTWAIT);
    }

    /** Sends one frame, with a vnet header that says nothing in front. Allocates; not for the data path. */
    public long send(byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) VnetHeader.BYTES + frame.length);
            memory.asSlice(VnetHeader.BYTES).copyFrom(MemorySegment.ofArray(frame));
            return send(memory);
        }
    }

    long send(MemorySegment memory) {
        return libc.sendto(fd.number(), memory, memory.byteSize(), PacketConstants.MSG_DONTWAIT, MemorySegment.NULL, 0);
    }

    /**
     * Bytes of memory of the frames that this socket has sent and that the device, or whoever has them now, is not done
     * with: 0 when none is in flight. Allocates; not for the data path.
     */
    public int inFlightBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_INT);
            return libc.ioctl(fd.number(), PacketConstants.SIOCOUTQ, bytes) < 0
                    ? 0
                    : bytes.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Whether the interface is up and has a carrier, without which the kernel drops whatever is sent around the
     * queueing discipline (netdevice(7), SIOCGIFFLAGS). True where it cannot be told. Allocates; not for each frame.
     */
    public boolean isRunning() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = interfaceRequest(arena);
            int result = libc.ioctl(fd.number(), SIOCGIFFLAGS, request);
            return result < 0 || (request.get(ValueLayout.JAVA_SHORT, IFREQ_DATA) & IFF_RUNNING) != 0;
        }
    }

    /**
     * {@code struct ifreq} (netdevice(7)) with this interface's name; what is asked or answered is at {@link
     * #IFREQ_DATA}.
     */
    MemorySegment interfaceRequest(Arena arena) {
        byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(name.length, IFNAMSIZ - 1));
        return request;
    }

    /** The error that poll has reported as POLLERR, as a positive errno; 0 for none. Reading it clears it. */
    public int error() {
        int value = get(PacketConstants.SOL_SOCKET, PacketConstants.SO_ERROR);
        return Math.abs(value);
    }

    private int get(int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
            int result = libc.getsockopt(fd.number(), level, option, value, bytes);
            return result < 0 ? result : value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /**
     * Frames that the kernel dropped for want of ring space since the last call: reading resets the kernel's counter.
     */
    int takeDrops() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stats = arena.allocate(PacketLayouts.STATS_BYTES, 4);
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, PacketLayouts.STATS_BYTES);
            int got = libc.getsockopt(
                    fd.number(), PacketConstants.SOL_PACKET, PacketConstants.PACKET_STATISTICS, stats, bytes);
            return got < 0 ? 0 : stats.get(ValueLayout.JAVA_INT, PacketLayouts.STATS_DROPS);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
