package org.ifqd.port;

import java.util.Locale;

/**
 * Whether frames leave through the interface's queueing discipline (tc(8)), all of them the same way so that their
 * order stays.
 */
public enum Qdisc {
    /** Straight to the driver (PACKET_QDISC_BYPASS): fewer locks, and no second queue behind ifqd's own. */
    BYPASS,
    /** Through it: what tc shapes, schedules or drops there applies to every frame. */
    USE;

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
