package org.ifqd.linux.netlink;

/**
 * Told of what happens to links. <b>Threading:</b> the monitor's thread; it must return soon, since events wait
 * meanwhile.
 */
public interface LinkListener {

    /**
     * A link is new, or something about it has changed: flags, carrier, name, MTU, address...
     *
     * @param link as it was when the event was made; it may have changed again since
     */
    void changed(Link link);

    /** A link is gone; its index will not come back. */
    void removed(Link link);

    /** An IP address of a link came, went, or was renewed. */
    void readdressed(int linkIndex);

    /** Events were lost, since they came faster than they were fetched: look at all links again. */
    void lost();
}
