package org.ifqd.port;

import org.ifqd.linux.Memory;

/**
 * The longest frame that may leave through an interface: its MTU, an Ethernet header, and one tag on top. More than one
 * tag is not: drivers refuse it, veth silently.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class EgressLength {
    private static final int ETHERNET_HEADER_BYTES = 14;
    private static final int TAG_BYTES = 4;

    private final int untagged;
    private final int most;

    /**
     * @param mtuBytes of the interface
     * @param most bytes that the transmit ring can hold of a frame
     */
    public EgressLength(int mtuBytes, int most) {
        this.untagged = mtuBytes + ETHERNET_HEADER_BYTES;
        this.most = most;
    }

    /**
     * Whether a frame is too long.
     *
     * @param frame address of the Ethernet header, which decides for other lengths, as of the segments of a GSO frame
     */
    public boolean isExceeded(long frame, int bytes) {
        return bytes > untagged && (bytes > untagged + (isTagged(frame) ? TAG_BYTES : 0) || bytes > most);
    }

    private static boolean isTagged(long frame) {
        int type = Memory.getShortBigEndian(frame + 12);
        return type == 0x8100 || type == 0x88a8;
    }
}
