package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Fd;
import org.ifqd.linux.Libc;

/**
 * A netlink socket with a receive buffer that grows to what arrives.
 *
 * <p>Who speaks to us: the kernel, or a process with CAP_NET_ADMIN in our namespace, since the protocols that we use
 * let nobody else send to a socket. The sender's address is therefore not looked at.
 *
 * <p><b>Threading:</b> one thread at a time. <b>Owns:</b> the descriptor; the buffer goes with the last reference to
 * it.
 */
final class NetlinkSocket implements AutoCloseable {
    static final int MSG_DONTWAIT = 0x40;

    private static final int AF_NETLINK = 16;
    private static final int NETLINK_GENERIC = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int MSG_PEEK = 0x02;
    private static final int MSG_TRUNC = 0x20;

    /** The kernel fills at most 32 KiB with more than one message; a single one may be larger. */
    private static final int FIRST_BUFFER_BYTES = 32 * 1024;

    private static final long LARGEST_DATAGRAM_BYTES = 16 << 20;

    private final Libc libc;
    private final Fd fd;
    private final String protocolName;
    private MemorySegment buffer = Arena.ofAuto().allocate(FIRST_BUFFER_BYTES, 8);

    private NetlinkSocket(Libc libc, Fd fd, String protocolName) {
        this.libc = libc;
        this.fd = fd;
        this.protocolName = protocolName;
    }

    /**
     * A socket for links and addresses.
     *
     * @param groups RTMGRP_* to be notified of, or 0
     * @param timeout how long {@link #receive} waits
     */
    static NetlinkSocket open(Libc libc, int groups, Duration timeout) {
        return open(libc, RtnetlinkLayout.NETLINK_ROUTE, "NETLINK_ROUTE", groups, timeout);
    }

    /** A socket for the packet filter, without notifications. */
    static NetlinkSocket openNetfilter(Libc libc, Duration timeout) {
        return open(libc, NftablesLayout.NETLINK_NETFILTER, "NETLINK_NETFILTER", 0, timeout);
    }

    /** A socket for generic netlink, without notifications. */
    static NetlinkSocket openGeneric(Libc libc, Duration timeout) {
        return open(libc, NETLINK_GENERIC, "NETLINK_GENERIC", 0, timeout);
    }

    private static NetlinkSocket open(Libc libc, int protocol, String name, int groups, Duration timeout) {
        int number = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        Fd fd = new Fd(libc, ErrnoException.check(number, "socket", name, ""));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(JAVA_LONG, 2); // seconds, microseconds
            timeval.set(JAVA_LONG, 0, timeout.toSeconds());
            timeval.set(JAVA_LONG, 8, timeout.toNanosPart() / 1000);
            int result = libc.setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, timeval, (int) timeval.byteSize());
            ErrnoException.check(result, "setsockopt SO_RCVTIMEO", name, "");
            MemorySegment address = arena.allocate(RtnetlinkLayout.SIZEOF_SOCKADDR_NL, 4); // port id 0: kernel's choice
            address.set(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.NL_FAMILY, (short) AF_NETLINK);
            address.set(JAVA_INT_UNALIGNED, RtnetlinkLayout.NL_GROUPS, groups);
            result = libc.bind(number, address, RtnetlinkLayout.SIZEOF_SOCKADDR_NL);
            ErrnoException.check(result, "bind", name, "");
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        }
        return new NetlinkSocket(libc, fd, name);
    }

    /** The descriptor's number, for poll. */
    int number() {
        return fd.number();
    }

    /** Sends one message, or several that make a batch, to the kernel, which has worked on it when this returns. */
    void send(MemorySegment message) {
        long sent;
        do {
            sent = libc.sendto(fd.number(), message, message.byteSize(), 0, MemorySegment.NULL, 0);
        } while (sent == -Errno.EINTR);
        ErrnoException.check((int) sent, "send", protocolName, "");
    }

    /**
     * Takes the next datagram: asks for its length first, so that none is cut short.
     *
     * @param flags MSG_DONTWAIT, or 0 to wait until the timeout
     * @return its messages, valid until the next call; empty if nothing came
     * @throws ErrnoException ENOBUFS if notifications were lost because they were not fetched in time
     * @throws NetlinkFormatException if it contradicts itself
     */
    List<Message> receive(int flags) {
        long bytes = recv(flags | MSG_PEEK | MSG_TRUNC);
        if (bytes > LARGEST_DATAGRAM_BYTES) {
            throw new NetlinkFormatException("netlink: datagram of " + bytes + " bytes");
        }
        if (bytes > buffer.byteSize()) {
            buffer = Arena.ofAuto().allocate(bytes, 8);
        }
        if (bytes >= 0) {
            bytes = recv(flags | MSG_TRUNC);
        }
        if (bytes == -Errno.EAGAIN) {
            return List.of();
        }
        if (bytes < 0) {
            throw new ErrnoException("recv", protocolName, (int) -bytes, "");
        }
        if (bytes > buffer.byteSize()) {
            throw new NetlinkFormatException(
                    "netlink: datagram of " + bytes + " bytes cut to " + buffer.byteSize() + "; two readers?");
        }
        return Message.split(buffer.asSlice(0, bytes));
    }

    private long recv(int flags) {
        long bytes;
        do {
            bytes = libc.recv(fd.number(), buffer, buffer.byteSize(), flags);
        } while (bytes == -Errno.EINTR); // a signal of the JVM's own
        return bytes;
    }

    @Override
    public void close() {
        fd.close();
    }
}
