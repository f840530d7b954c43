package org.ifqd.linux.netlink;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.PollSet;

/**
 * Events of the links of a network namespace, and of their IP addresses, from a thread of its own that sleeps until
 * there is one. A pulled cable, for one, is told nowhere else: AF_PACKET goes on sending and shows no error.
 *
 * <p>What a kernel bridge says of its ports (family AF_BRIDGE) is passed by: an RTM_DELLINK of that kind means that a
 * port left the bridge. Events say what was; where it matters what <em>is</em>, ask {@link Rtnetlink}. As the events
 * begin before the constructor returns, a question asked after it misses nothing.
 *
 * <p><b>Threading:</b> open and close by one thread. <b>Owns:</b> a socket, a thread.
 *
 * <p>No error ends the thread: it is told, and after a pause the listener is asked to look for itself.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7), RTMGRP_LINK</a>
 */
public final class LinkMonitor implements AutoCloseable {
    private static final int GROUPS =
            RtnetlinkLayout.RTMGRP_LINK | RtnetlinkLayout.RTMGRP_IPV4_IFADDR | RtnetlinkLayout.RTMGRP_IPV6_IFADDR;

    /** After an error that is not ENOBUFS: it may be one that stays. */
    private static final long ERROR_PAUSE_MS = 1_000;

    private final NetlinkSocket socket;
    private final EventFd wakeUp;
    private final PollSet poll;
    private final int eventPlace;
    private final LinkListener listener;
    private final Consumer<String> log;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Subscribes, in the network namespace of the calling thread.
     *
     * @param log gets a line when the kernel says what cannot be understood
     * @throws ErrnoException if the kernel refuses
     */
    public LinkMonitor(Libc libc, LinkListener listener, Consumer<String> log) {
        this.listener = listener;
        this.log = log;
        this.socket = NetlinkSocket.open(libc, GROUPS, Duration.ZERO);
        try {
            this.wakeUp = new EventFd(libc, "wake-up of the link monitor");
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
        this.poll = new PollSet(libc, 2);
        this.eventPlace = poll.add(socket.number(), PollSet.POLLIN);
        poll.add(wakeUp.number(), PollSet.POLLIN);
        this.thread = Thread.ofPlatform().name("ifqd-links").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                int ready = poll.await(-1);
                ErrnoException.check(ready, "poll", "link events", "");
                if (ready > 0 && !closed && poll.events(eventPlace) != 0) {
                    take();
                }
            } catch (RuntimeException e) {
                complain(e);
                listener.lost();
            }
        }
    }

    /**
     * Takes all there are. That events were lost is told behind them: until its queue is empty, the socket goes on
     * losing events without another word (NETLINK_S_CONGESTED, netlink_rcv_wake).
     */
    private void take() {
        boolean isLost = false;
        while (!closed) {
            try {
                List<Message> messages = socket.receive(NetlinkSocket.MSG_DONTWAIT);
                if (messages.isEmpty()) {
                    break;
                }
                for (Message message : messages) {
                    LinkMessage.parse(message).ifPresent(link -> tell(message, link));
                    AddressMessage.link(message).ifPresent(listener::readdressed);
                }
            } catch (ErrnoException e) {
                isLost = true;
                if (e.errno() != Errno.ENOBUFS) {
                    complain(e);
                }
            } catch (NetlinkFormatException e) {
                isLost = true; // whatever it was about: look at the links themselves
                complain(e);
            }
        }
        if (isLost) {
            listener.lost();
        }
    }

    private void tell(Message message, Link link) {
        if (message.type() == RtnetlinkLayout.RTM_DELLINK) {
            listener.removed(link);
        } else {
            listener.changed(link);
        }
    }

    private void complain(RuntimeException e) {
        log.accept("link events: " + e.getMessage());
        try {
            Thread.sleep(ERROR_PAUSE_MS);
        } catch (InterruptedException interrupted) {
            closed = true;
        }
    }

    /** Ends the thread and waits for it: afterwards the listener is not called. */
    @Override
    public void close() {
        closed = true;
        wakeUp.signal();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt(); // it may be in its pause
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        wakeUp.close();
        socket.close();
    }
}
