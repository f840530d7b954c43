package org.ifqd.config;

import java.util.Locale;

/**
 * What to do where AF_XDP finds another number of receive queues than of workers: the frames of a queue without one
 * would be lost.
 */
public enum ChannelPolicy {
    /** Refuse the start. */
    REFUSE,
    /** Set the number, as {@code ethtool -L} does, and put it back in the end. */
    FIX;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
