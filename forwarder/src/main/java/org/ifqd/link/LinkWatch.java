package org.ifqd.link;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.LinkListener;
import org.ifqd.linux.netlink.LinkMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the controlling thread look at the ports' interfaces whenever the kernel says that something about them has
 * changed.
 *
 * <p>Events only say <em>that</em> something happened: what to do is decided by what is, so that a storm of events, or
 * a lost one, leaves the ports right. Kept are a removal, since an interface that left and came back may look the same,
 * and whether IP addresses may have changed, which it takes a long list to learn.
 *
 * <p><b>Threading:</b> the monitor's thread calls; all but {@link #close} by the controlling thread.
 */
public final class LinkWatch implements LinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);

    private final Runnable onChange;
    private final AtomicBoolean isAsked = new AtomicBoolean();
    private final Set<Integer> removed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isReaddressed = new AtomicBoolean();
    private final LinkMonitor monitor;
    private volatile Set<String> names = Set.of();
    private volatile Set<Integer> indexes = Set.of();

    /** @param onChange called once for many events, until {@link #takeRemoved} */
    public LinkWatch(Libc libc, Runnable onChange) {
        this.onChange = onChange;
        this.monitor = new LinkMonitor(libc, this, LOG::warn);
    }

    /** From now on only these interfaces matter. */
    public void watch(Collection<PortLink> ports) {
        names = ports.stream().map(PortLink::name).collect(Collectors.toUnmodifiableSet());
        Set<Integer> before = indexes;
        indexes = ports.stream().map(PortLink::openedIndex).collect(Collectors.toUnmodifiableSet());
        if (!indexes.equals(before)) {
            isReaddressed.set(true); // what came to the new ones before now was not heard
        }
    }

    /**
     * Before a look: what happens from now on calls for another. Returns the indexes of interfaces that were removed.
     */
    public Set<Integer> takeRemoved() {
        isAsked.set(false);
        Set<Integer> taken = Set.copyOf(removed);
        removed.removeAll(taken);
        return taken;
    }

    /** Whether IP addresses may have come or gone since this was asked, or interfaces that are watched. */
    public boolean takeReaddressed() {
        return isReaddressed.getAndSet(false);
    }

    @Override
    public void changed(Link link) {
        if (names.contains(link.name()) || indexes.contains(link.index())) {
            ask();
        }
    }

    @Override
    public void removed(Link link) {
        if (indexes.contains(link.index())) {
            removed.add(link.index());
            ask();
        }
    }

    @Override
    public void readdressed(int linkIndex) {
        if (indexes.contains(linkIndex)) {
            isReaddressed.set(true);
            ask();
        }
    }

    @Override
    public void lost() {
        isReaddressed.set(true);
        ask();
    }

    private void ask() {
        if (isAsked.compareAndSet(false, true)) {
            onChange.run();
        }
    }

    @Override
    public void close() {
        monitor.close();
    }
}
