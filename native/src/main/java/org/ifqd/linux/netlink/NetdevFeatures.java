package org.ifqd.linux.netlink;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/**
 * What an interface's driver can do with XDP, by its own word: generic netlink, family {@code netdev}, since Linux 6.3.
 *
 * @param known whether the kernel tells
 * @param bits enum netdev_xdp_act of include/uapi/linux/netdev.h
 * @see <a href="https://docs.kernel.org/networking/netlink_spec/netdev.html">netdev netlink specification</a>
 */
public record NetdevFeatures(boolean known, long bits) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final NetdevFeatures UNKNOWN = new NetdevFeatures(false, 0);

    private static final int GENL_ID_CTRL = 0x10;
    private static final int SIZEOF_GENLMSGHDR = 4;
    private static final int CTRL_CMD_GETFAMILY = 3;
    private static final int CTRL_ATTR_FAMILY_ID = 1;
    private static final int CTRL_ATTR_FAMILY_NAME = 2;
    private static final int NETDEV_CMD_DEV_GET = 1;
    private static final int NETDEV_A_DEV_IFINDEX = 1;
    private static final int NETDEV_A_DEV_XDP_FEATURES = 3;

    /** NETDEV_XDP_ACT_*. */
    private static final long BASIC = 1;

    private static final long REDIRECT = 2;
    private static final long XSK_ZEROCOPY = 8;

    /** Asks the kernel; {@code known} is false where it has no answer, or the interface is gone. Any thread. */
    public static NetdevFeatures of(Libc libc, int index) {
        try (NetlinkSocket socket = NetlinkSocket.openGeneric(libc, TIMEOUT)) {
            Optional<Attribute> family = ask(
                    socket,
                    new Request(GENL_ID_CTRL, 0, SIZEOF_GENLMSGHDR)
                            .field(0, CTRL_CMD_GETFAMILY | 1 << 8) // struct genlmsghdr: command and version, bytes
                            .with(CTRL_ATTR_FAMILY_NAME, "netdev"),
                    CTRL_ATTR_FAMILY_ID);
            if (family.isEmpty()) {
                return UNKNOWN;
            }
            return ask(
                            socket,
                            new Request(family.get().u16(), 0, SIZEOF_GENLMSGHDR)
                                    .field(0, NETDEV_CMD_DEV_GET | 1 << 8)
                                    .with(NETDEV_A_DEV_IFINDEX, index),
                            NETDEV_A_DEV_XDP_FEATURES)
                    .map(features -> new NetdevFeatures(true, features.u64()))
                    .orElse(UNKNOWN);
        } catch (ErrnoException e) {
            return UNKNOWN; // a kernel without generic netlink, or a sandbox that forbids it
        }
    }

    private static Optional<Attribute> ask(NetlinkSocket socket, Request request, int attribute) {
        socket.send(request.numbered(1));
        List<Message> answers = socket.receive(0);
        if (answers.isEmpty() || answers.getFirst().type() == RtnetlinkLayout.NLMSG_ERROR) {
            return Optional.empty();
        }
        return answers.getFirst().attributes(SIZEOF_GENLMSGHDR).stream()
                .filter(each -> each.type() == attribute)
                .findFirst();
    }

    /** Whether the driver itself runs a program and can redirect to a socket. */
    public boolean hasNative() {
        return (bits & (BASIC | REDIRECT)) == (BASIC | REDIRECT);
    }

    /** Whether a socket of it can do without a copy; some drivers only with some settings. */
    public boolean hasZeroCopy() {
        return (bits & XSK_ZEROCOPY) != 0;
    }

    /** Whether it is known that there is no zero-copy. */
    public boolean lacksZeroCopy() {
        return known && !hasZeroCopy();
    }
}
