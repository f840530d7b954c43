package org.ifqd.daemon;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.ifqd.config.ConfigException;
import org.ifqd.config.IsolateMode;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.IngressDrop;
import org.ifqd.linux.netlink.Link;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the host's own stack away from what arrives at the ports; otherwise it would answer or forward the same frames a
 * second time (doubled pings, resets in the middle of a connection).
 *
 * <p>Lasts until {@link #close} or the end of the process, whatever ended it. Meanwhile the host is deaf on the ports, and on
 * what is stacked upon them (VLAN devices, a bridge). What it sends still leaves, and XDP and tc ingress programs, which
 * come first, still see frames.
 *
 * <p><b>Owns:</b> the drop, if there is one. <b>Threading:</b> one thread.
 */
final class Isolation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);

    /** And then the process id, so that whoever finds the table knows whose it is. */
    private static final String TABLE = "ifqd_";

    /** Tables of one process have different names: of the same interfaces there may be an old one and its successor. */
    private static final AtomicInteger OPENED = new AtomicInteger();

    private final List<Integer> indexes;
    private final List<String> names;
    private final IsolateMode mode;
    private final IngressDrop drop;
    private final String missing;

    private Isolation(IsolateMode mode, List<Link> links, IngressDrop drop, String missing) {
        this.mode = mode;
        this.indexes = links.stream().map(Link::index).toList();
        this.names = names(links);
        this.drop = drop;
        this.missing = missing;
    }

    private static List<String> names(List<Link> links) {
        return links.stream().map(Link::name).toList();
    }

    /**
     * To be opened before the ports are: a frame that they receive is then one that the host does not.
     *
     * @throws ConfigException if it must be and cannot
     */
    static Isolation open(Libc libc, IsolateMode mode, List<Link> links) {
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
        if (mode == IsolateMode.OFF || links.isEmpty()) {
            return new Isolation(mode, links, null, "");
        }
        try {
            return new Isolation(mode, links, IngressDrop.open(libc, table.toString(), names(links)), "");
        } catch (ErrnoException e) {
            if (mode == IsolateMode.ON) {
                throw new ConfigException("--isolate on: " + e.getMessage());
            }
            return new Isolation(mode, links, null, e.getMessage());
        }
    }

    /**
     * The isolation for these links: this one if it is that already, else a new one, which holds before this one is closed.
     *
     * @throws ConfigException if it must be and cannot; this one then stays
     */
    Isolation follow(Libc libc, IsolateMode wanted, List<Link> links) {
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

    /** Warns if the host still hears what it should not. Said apart, since opening the ports may fail for the same reason. */
    void warn() {
        if (!missing.isEmpty()) {
            LOG.warn(
                    "the host is not isolated from {}, it may answer frames too: {}",
                    String.join(" and ", names),
                    missing);
        }
    }

    @Override
    public void close() {
        if (drop != null) {
            drop.close();
        }
    }
}
