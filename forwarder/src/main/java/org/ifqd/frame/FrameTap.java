package org.ifqd.frame;

/**
 * Sees frames as they pass, and keeps none.
 *
 * <p><b>Threading:</b> any thread, several at once. Must not block for long and must not throw: it is called on the
 * data path.
 */
public interface FrameTap {
    /** Stamp of a frame whose time is that of the call. */
    long NOW = 0;

    /**
     * Shows a frame. Its memory is the caller's and may be read until this returns.
     *
     * @param address of the Ethernet header, tags in place
     * @param bytes of the frame
     * @param stampNs nanoseconds of CLOCK_REALTIME, or {@link #NOW}
     */
    void frame(long address, int bytes, long stampNs);
}
