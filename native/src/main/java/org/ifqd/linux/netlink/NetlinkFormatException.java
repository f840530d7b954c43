package org.ifqd.linux.netlink;

/**
 * A netlink message contradicts itself: a length that does not fit, a value that is too short, a field that is missing.
 * The kernel does not do that; half an answer must still never pass for a whole one.
 */
public final class NetlinkFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NetlinkFormatException(String message) {
        super(message);
    }
}
