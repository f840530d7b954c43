package org.ifqd.host;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.config.ConfigException;
import org.ifqd.config.IsolateMode;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.bpf.EgressDrop;
import org.ifqd.linux.netlink.IngressDrop;
import org.ifqd.linux.netlink.Link;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the host's own stack away from the ports. It hears nothing that arrives there; otherwise it would answer or
 * forward the same frames a second time (doubled pings, resets in the middle of a connection). Nothing that it sends
 * leaves there: a cable does not look for routers.
 *
 * <p>Lasts until {@link #close} or the end of the process, whatever ended it. Meanwhile the host is deaf and mute on
 * the ports, and on what is stacked upon them (VLAN devices, a bridge). XDP and tc ingress programs, which come first,
 * still see frames, and packet sockets still send.
 *
 * <p><b>Owns:</b> both drops, if they are there. <b>Threading:</b> one thread.
 */
public final class Isolation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);

    /** And then the process id, so that whoever finds the table knows whose it is. */
    private static final String TABLE = "ifqd_";

    /** Tables of one process have different names: of the same interfaces there may be an old one and its successor. */
    private static final AtomicInteger OPENED = new AtomicInteger();

    private final List<Integer> indexes;
    private final List<String> names;
    private final IsolateMode mode;
    /** Null: it is not there. */
    private IngressDrop ingress;

    private EgressDrop egress;

    /** Why the host still hears or sends what it should not, in one line; empty if it does not. */
    private String missing = "";

    private Isolation(IsolateMode mode, List<Link> links) {
        this.mode = mode;
        this.indexes = links.stream().map(Link::index).toList();
        this.names = names(links);
    }

    private static List<String> names(List<Link> links) {
        return links.stream().map(Link::name).toList();
    }

    /**
     * To be opened before the ports are: a frame that they receive is then one that the host does not.
     *
     * @throws ConfigException if it must be and cannot
     */
    public static Isolation open(Libc libc, IsolateMode mode, List<Link> links) {
        StringBuilder table =
                new StringBuilder(TABLE).append(ProcessHandle.current().pid());
        for (Link link : links) {
            // containers may share a network and not their process ids: the interfaces still tell their tables apart
            table.append('_').append(link.index());
        }
        int times = OPENED.incrementAndGet();
        if (times > 1) {
            table.append('_').append(times);
        }
        Isolation isolation = new Isolation(mode, links);
        if (mode != IsolateMode.OFF && !links.isEmpty()) {
            isolation.silence(libc);
            isolation.deafen(libc, table.toString());
        }
        return isolation;
    }

    /** As far as the kernel can: one before Linux 6.6 cannot. */
    private void silence(Libc libc) {
        try {
            egress = EgressDrop.open(libc, indexes, names);
        } catch (ErrnoException e) {
            missing = "the host may send frames of its own through " + ports() + ": " + e.getMessage();
        }
    }

    private void deafen(Libc libc, String table) {
        try {
            ingress = IngressDrop.open(libc, table, names);
        } catch (ErrnoException e) {
            if (mode == IsolateMode.ON) {
                close();
                throw new ConfigException("--isolate on: " + e.getMessage());
            }
            missing = "the host is not isolated from " + ports() + ", it may answer frames too: " + e.getMessage();
        }
    }

    private String ports() {
        return String.join(" and ", names);
    }

    /**
     * The isolation for these links: this one if it is that already, else a new one, which holds before this one is
     * closed.
     *
     * @throws ConfigException if it must be and cannot; this one then stays
     */
    public Isolation follow(Libc libc, IsolateMode wanted, List<Link> links) {
        boolean isSame = mode == wanted
                && names.equals(names(links))
                && indexes.equals(links.stream().map(Link::index).toList());
        if (isSame) {
            return this;
        }
        Isolation next = open(libc, wanted, links);
        close();
        return next;
    }

    /** Warns if the host still hears or sends. Said apart, since opening the ports may fail for the same reason. */
    public void warn() {
        if (!missing.isEmpty()) {
            LOG.warn("{}", missing);
        }
    }

    @Override
    public void close() {
        if (ingress != null) {
            ingress.close();
        }
        if (egress != null) {
            egress.close();
        }
    }
}
