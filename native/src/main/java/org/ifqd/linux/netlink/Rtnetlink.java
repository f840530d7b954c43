package org.ifqd.linux.netlink;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/**
 * Questions to the kernel about links and addresses, over NETLINK_ROUTE, which need no privilege; and changes of
 * links, which need CAP_NET_ADMIN.
 *
 * <p>A list is consistent: where links or addresses changed while the kernel was listing them, it marks the answer
 * (NLM_F_DUMP_INTR) and we ask again. It describes the network namespace in which the socket was opened, at a moment
 * that is over when the answer is read.
 *
 * <p><b>Errors:</b> {@link ErrnoException} when the kernel refuses or does not answer within five seconds;
 * {@link NetlinkFormatException} when its answer contradicts itself. Left-over answers are told by their number and
 * skipped, but the kernel may still be busy with them and refuse the next list with EBUSY: after an error open another.
 *
 * <p><b>Threading:</b> any thread, one question at a time. <b>Owns:</b> one socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
public final class Rtnetlink implements AutoCloseable {
    static final int TRIES = 10;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final NetlinkSocket socket;
    private final Duration timeout;
    private int sequence;

    /** Opens a socket in the network namespace of the calling thread. */
    public Rtnetlink(Libc libc) {
        this(libc, TIMEOUT);
    }

    Rtnetlink(Libc libc, Duration timeout) {
        this.socket = NetlinkSocket.open(libc, 0, timeout);
        this.timeout = timeout;
    }

    /** All links, in the kernel's order. */
    public List<Link> links() {
        Request request = new Request(
                        RtnetlinkLayout.RTM_GETLINK, RtnetlinkLayout.NLM_F_DUMP, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                .with(RtnetlinkLayout.IFLA_EXT_MASK, RtnetlinkLayout.RTEXT_FILTER_SKIP_STATS);
        return dump(request, LinkMessage::parse, "RTM_GETLINK");
    }

    /** The IPv4 and IPv6 addresses of all links. */
    public List<Address> addresses() {
        Request request =
                new Request(RtnetlinkLayout.RTM_GETADDR, RtnetlinkLayout.NLM_F_DUMP, RtnetlinkLayout.SIZEOF_IFADDRMSG);
        return dump(request, AddressMessage::parse, "RTM_GETADDR");
    }

    /**
     * One link.
     *
     * @param name its name, or an alternative name of up to 15 bytes: {@link Link#name} is the main one
     * @return empty if there is none of this name
     */
    public Optional<Link> link(String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length == 0 || text.length >= RtnetlinkLayout.IFNAMSIZ) {
            return Optional.empty();
        }
        return one(
                new Request(RtnetlinkLayout.RTM_GETLINK, 0, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                        .with(RtnetlinkLayout.IFLA_EXT_MASK, RtnetlinkLayout.RTEXT_FILTER_SKIP_STATS)
                        .with(RtnetlinkLayout.IFLA_IFNAME, text),
                name);
    }

    /**
     * One link.
     *
     * @param index its number
     * @return empty if it is gone
     */
    public Optional<Link> link(int index) {
        return one(
                new Request(RtnetlinkLayout.RTM_GETLINK, 0, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                        .field(RtnetlinkLayout.IFI_INDEX, index)
                        .with(RtnetlinkLayout.IFLA_EXT_MASK, RtnetlinkLayout.RTEXT_FILTER_SKIP_STATS),
                "index " + index);
    }

    /**
     * The text written to a link as its alias ({@code ip link set NAME alias TEXT}); empty if nothing, or if it is
     * gone.
     */
    public String alias(int index) {
        Request request = new Request(RtnetlinkLayout.RTM_GETLINK, 0, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                .field(RtnetlinkLayout.IFI_INDEX, index)
                .with(RtnetlinkLayout.IFLA_EXT_MASK, RtnetlinkLayout.RTEXT_FILTER_SKIP_STATS);
        return one(request, "index " + index, LinkMessage::alias).orElse("");
    }

    private Optional<Link> one(Request request, String which) {
        return one(request, which, LinkMessage::parse);
    }

    private synchronized <T> Optional<T> one(Request request, String which, Function<Message, Optional<T>> parse) {
        long deadlineNs = send(request);
        while (true) {
            for (Message message : answers(deadlineNs, "RTM_GETLINK " + which)) {
                int errno = message.type() == RtnetlinkLayout.NLMSG_ERROR ? message.errno() : 0;
                if (errno == Errno.ENODEV) {
                    return Optional.empty();
                }
                check(errno, "RTM_GETLINK", which);
                Optional<T> found = parse.apply(message);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
    }

    /**
     * Brings a link administratively up or down, as {@code ip link set NAME up} does; its carrier comes later, or not.
     * Needs CAP_NET_ADMIN.
     *
     * @throws ErrnoException EPERM without the privilege, ENODEV when it is gone, or what its driver says
     */
    public void setUp(Link link, boolean up) {
        change(
                new Request(RtnetlinkLayout.RTM_SETLINK, NftablesLayout.NLM_F_ACK, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                        .field(RtnetlinkLayout.IFI_INDEX, link.index())
                        .field(RtnetlinkLayout.IFI_FLAGS, up ? Link.IFF_UP : 0)
                        .field(RtnetlinkLayout.IFI_CHANGE, Link.IFF_UP),
                link);
    }

    /**
     * Sets a link's MTU, as {@code ip link set NAME mtu N} does. Needs CAP_NET_ADMIN.
     *
     * @throws ErrnoException EINVAL for a size that the driver cannot do, else as {@link #setUp}
     */
    public void setMtu(Link link, int mtuBytes) {
        change(
                new Request(RtnetlinkLayout.RTM_SETLINK, NftablesLayout.NLM_F_ACK, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                        .field(RtnetlinkLayout.IFI_INDEX, link.index())
                        .with(RtnetlinkLayout.IFLA_MTU, mtuBytes),
                link);
    }

    /**
     * Removes a link that is not hardware, as {@code ip link del NAME} does. Needs CAP_NET_ADMIN.
     *
     * @throws ErrnoException EPERM without the privilege, EOPNOTSUPP for hardware, ENODEV when it is gone
     */
    public void remove(Link link) {
        change(
                new Request(RtnetlinkLayout.RTM_DELLINK, NftablesLayout.NLM_F_ACK, RtnetlinkLayout.SIZEOF_IFINFOMSG)
                        .field(RtnetlinkLayout.IFI_INDEX, link.index()),
                "RTM_DELLINK",
                link);
    }

    private void change(Request request, Link link) {
        change(request, "RTM_SETLINK", link);
    }

    /** Sends a change and waits for the kernel's word on it. */
    private synchronized void change(Request request, String call, Link link) {
        long deadlineNs = send(request);
        while (true) {
            for (Message message : answers(deadlineNs, call + " " + link.name())) {
                if (message.type() == RtnetlinkLayout.NLMSG_ERROR) {
                    int errno = message.errno();
                    String cure = errno == Errno.EPERM ? "needs CAP_NET_ADMIN" : "";
                    ErrnoException.check(-errno, call, link.name(), cure);
                    return;
                }
            }
        }
    }

    private synchronized <T> List<T> dump(Request request, Function<Message, Optional<T>> parse, String call) {
        List<T> found = new ArrayList<>();
        for (int left = TRIES; left > 0; left--) {
            found.clear();
            if (dumpOnce(request, parse, found, call)) {
                return found;
            }
        }
        throw new ErrnoException(call, "dump", Errno.EINTR, "interfaces changed during each of " + TRIES + " tries");
    }

    /** Returns whether the list is consistent. */
    private <T> boolean dumpOnce(Request request, Function<Message, Optional<T>> parse, List<T> found, String call) {
        boolean consistent = true;
        long deadlineNs = send(request);
        while (true) {
            for (Message message : answers(deadlineNs, call)) {
                consistent &= (message.flags() & RtnetlinkLayout.NLM_F_DUMP_INTR) == 0;
                switch (message.type()) {
                    case RtnetlinkLayout.NLMSG_DONE -> {
                        check(message.errno(), call, "dump");
                        return consistent;
                    }
                    case RtnetlinkLayout.NLMSG_ERROR -> check(message.errno(), call, "dump");
                    default -> parse.apply(message).ifPresent(found::add);
                }
            }
        }
    }

    /** Sends under a new number and returns until when the last answer must have come. */
    private long send(Request request) {
        socket.send(request.numbered(++sequence));
        return System.nanoTime() + timeout.toNanos();
    }

    /** The messages of the next datagram that answer our last request; none if it answers an older one. */
    private List<Message> answers(long deadlineNs, String call) {
        List<Message> messages = socket.receive(0);
        if (messages.isEmpty() || deadlineNs - System.nanoTime() < 0) {
            throw new ErrnoException(
                    call, "NETLINK_ROUTE", Errno.EAGAIN, "no answer within " + timeout.toMillis() + " ms");
        }
        return messages.stream().filter(m -> m.sequence() == sequence).toList();
    }

    private static void check(int errno, String call, String subject) {
        ErrnoException.check(-errno, call, subject, "");
    }

    @Override
    public synchronized void close() {
        socket.close();
    }
}
