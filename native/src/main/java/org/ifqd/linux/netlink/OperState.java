package org.ifqd.linux.netlink;

/**
 * The operational state of a link, RFC 2863 as Linux reports it (IFLA_OPERSTATE; the order is that of IF_OPER_*).
 *
 * @see <a href="https://docs.kernel.org/networking/operstates.html">Operational States</a>
 */
public enum OperState {
    /** The driver does not say: treat as UP if the carrier is there. */
    UNKNOWN,
    NOT_PRESENT,
    DOWN,
    LOWER_LAYER_DOWN,
    TESTING,
    /** Waits for an event, for example 802.1X authentication. */
    DORMANT,
    UP;

    private static final OperState[] BY_NUMBER = values();

    /** A number that a newer kernel invented is UNKNOWN. */
    static OperState of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
}
