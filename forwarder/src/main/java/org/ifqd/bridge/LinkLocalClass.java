package org.ifqd.bridge;

import org.ifqd.linux.Memory;

/**
 * Protocols between neighbours on one link, by destination address. A bridge that speaks them itself does not forward
 * them (IEEE 802.1Q-2022, table 8-1); a transparent one, which has no protocols of its own, does.
 */
public enum LinkLocalClass {
    /** 01-80-C2-00-00-00: spanning tree, and LLDP of the nearest customer bridge. */
    STP,
    /** 01-80-C2-00-00-01: PAUSE and priority flow control. */
    PAUSE,
    /** 01-80-C2-00-00-02: slow protocols, LACP among them. */
    LACP,
    /** 01-80-C2-00-00-03: 802.1X port access, MACsec key agreement. */
    DOT1X,
    /** 01-80-C2-00-00-0E: LLDP, PTP peer delay. */
    LLDP,
    /** 01-80-C2-00-00-04 to -0D and -0F. */
    RESERVED,
    /** 01-00-0C-CC-CC-CC (CDP, VTP, UDLD and others) and 01-00-0C-CC-CC-CD (PVST+). */
    CISCO;

    private static final LinkLocalClass[] BY_LAST_OCTET = {
        STP, PAUSE, LACP, DOT1X, RESERVED, RESERVED, RESERVED, RESERVED,
        RESERVED, RESERVED, RESERVED, RESERVED, RESERVED, RESERVED, LLDP, RESERVED
    };

    /** The class of the frame at this address, or null. Looks at the destination only. */
    static LinkLocalClass of(long frame) {
        int last = Memory.getByte(frame + 5) & 0xff;
        return switch (Integer.reverseBytes(Memory.getInt(frame))) {
            case 0x0180c200 -> Memory.getByte(frame + 4) == 0 && last < 16 ? BY_LAST_OCTET[last] : null;
            case 0x01000ccc -> Memory.getByte(frame + 4) == (byte) 0xcc && (last & 0xfe) == 0xcc ? CISCO : null;
            default -> null;
        };
    }

    /** The name on the command line: {@code stp}, {@code 802.1x}, ... */
    @Override
    public String toString() {
        return this == DOT1X ? "802.1x" : name().toLowerCase(java.util.Locale.ROOT);
    }
}
