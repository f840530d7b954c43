package org.ifqd.port.offload;

import org.ifqd.linux.Memory;

/**
 * Looks for the few IP options that change what a segment has to look like. Both walks end at the end of the header.
 */
final class HeaderOptions {
    private static final int IPV4_END = 0;
    private static final int IPV4_NOP = 1;
    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int STRICT_SOURCE_ROUTE = 137;

    private static final int IPV6_PAD1 = 0;
    private static final int JUMBO_PAYLOAD = 0xc2;
    private static final int HOME_ADDRESS = 0xc9;

    private HeaderOptions() {}

    /**
     * Whether an IPv4 header has a source route (RFC 791). The transport checksum then covers the last address of the
     * route, not the one in the header.
     */
    static boolean haveSourceRoute(long options, long end) {
        long at = options;
        while (at < end) {
            int type = Memory.getByte(at) & 0xff;
            if (type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE) {
                return true;
            }
            if (type == IPV4_END) {
                return false;
            }
            at += type == IPV4_NOP || at + 1 >= end ? 1 : Math.max(Memory.getByte(at + 1) & 0xff, 2);
        }
        return false;
    }

    /** Whether a hop-by-hop header of at least 8 bytes has a jumbo payload length (RFC 2675) and nothing else. */
    static boolean isJumboOnly(long header) {
        return Memory.getByte(header + 1) == 0
                && (Memory.getByte(header + 2) & 0xff) == JUMBO_PAYLOAD
                && Memory.getByte(header + 3) == 4;
    }

    /**
     * Whether an IPv6 hop-by-hop or destination options header has an option that segments cannot simply repeat: a
     * jumbo payload length (RFC 2675), or a home address, which stands for the source in the transport checksum (RFC
     * 6275).
     */
    static boolean haveJumboOrHomeAddress(long options, long end) {
        long at = options;
        while (at < end) {
            int type = Memory.getByte(at) & 0xff;
            if (type == JUMBO_PAYLOAD || type == HOME_ADDRESS) {
                return true;
            }
            at += type == IPV6_PAD1 || at + 1 >= end ? 1 : 2 + (Memory.getByte(at + 1) & 0xff);
        }
        return false;
    }
}
