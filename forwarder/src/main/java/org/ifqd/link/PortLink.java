package org.ifqd.link;

import java.util.Optional;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.port.PortState;

/**
 * The interface under one port: what it was when the port was opened, what it is now, and what the operator wants.
 *
 * <p>A port stays with its interface, by index, when that is renamed, as a kernel bridge does. An interface that is
 * gone is looked for by the name in the configuration.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
public final class PortLink {
    private final String name;
    private final Optional<Link> opened;

    /** Read by those who show it as well. */
    private volatile Optional<Link> now;

    private boolean isSuspended;
    private boolean isGone;
    private boolean isChanged;

    /**
     * @param name of the port in the configuration
     * @param opened as it was when the port was opened; empty: the port is not open, for want of an interface
     * @param isSuspended whether an operator has taken the port down
     */
    public PortLink(String name, Optional<Link> opened, boolean isSuspended) {
        this.name = name;
        this.opened = opened;
        this.now = opened;
        this.isSuspended = isSuspended;
        this.isGone = opened.isEmpty();
    }

    /**
     * The properties of a link that a port depends on; of the others, promiscuity for one changes whenever a port is
     * opened or closed, which must not look like a reason to do so again.
     */
    private record Facts(
            int index, String name, boolean isUp, boolean carrier, int mtuBytes, int largestGsoBytes, int masterIndex) {
        static Optional<Facts> of(Optional<Link> link) {
            return link.map(l -> new Facts(
                    l.index(), l.name(), l.isUp(), l.carrier(), l.mtuBytes(), l.largestGsoBytes(), l.masterIndex()));
        }
    }

    /** Asks the kernel. */
    public void look(Rtnetlink rtnetlink) {
        Optional<Link> same = isGone ? Optional.empty() : rtnetlink.link(openedIndex());
        isGone |= same.isEmpty();
        Optional<Link> before = now;
        now = same.or(() -> rtnetlink.link(name));
        isChanged = !Facts.of(now).equals(Facts.of(before));
    }

    /**
     * The interface of this index was removed; it may be back since, from another namespace, but not for our sockets.
     */
    public void removed(int index) {
        isGone |= index == openedIndex();
    }

    public void suspend(boolean wanted) {
        isSuspended = wanted;
    }

    public boolean isSuspended() {
        return isSuspended;
    }

    public String name() {
        return name;
    }

    /** The link at the last look. */
    public Optional<Link> now() {
        return now;
    }

    /** Whether the last look found it other than the one before. */
    public boolean isChanged() {
        return isChanged;
    }

    /** Of the interface that the port was opened on; 0 for none, which no interface has. */
    public int openedIndex() {
        return opened.map(Link::index).orElse(0);
    }

    /** It is there, but for other sockets, or with frames that may be larger than the slots of the rings. */
    public boolean needsFreshRings() {
        return now.isPresent()
                && (isGone
                        || now.get().mtuBytes() != opened.get().mtuBytes()
                        || now.get().largestGsoBytes() > opened.get().largestGsoBytes());
    }

    /** The state that the port should have. */
    public PortState wanted() {
        if (isGone || now.isEmpty()) {
            return PortState.ABSENT;
        }
        if (isSuspended) {
            return PortState.SUSPENDED;
        }
        return ofLink(now.get());
    }

    /** The interface's name now, where it is there, else that of the configuration. */
    public String currentName() {
        return now.map(Link::name).orElse(name);
    }

    /** The state that a link allows. */
    static PortState ofLink(Link link) {
        if (!link.isUp()) {
            return PortState.DOWN;
        }
        return link.carrier() ? PortState.RUNNING : PortState.NO_CARRIER;
    }

    /** The change of a port, for the log. */
    public static String said(PortState state) {
        return switch (state) {
            case RUNNING -> "running";
            case SUSPENDED -> "suspended on request; what comes for it is dropped until it is resumed";
            case NO_CARRIER -> "no carrier; what comes for it is dropped until there is one";
            case DOWN -> "the interface was taken down; what comes for it is dropped until it is up";
            case ABSENT -> "the interface is gone; what comes for it is dropped until there is one of that name";
            default -> state.toString();
        };
    }
}
