package org.ifqd.linux.control;

/**
 * How many interrupt-driven queue pairs an interface uses now, and could use (ETHTOOL_GCHANNELS). A combined channel
 * receives and sends; drivers have combined ones, or separate ones, or both.
 */
public record Channels(int rx, int tx, int combined, int maxRx, int maxTx, int maxCombined) {

    /** Receive queues in use. */
    public int rxQueues() {
        return rx + combined;
    }

    /** Transmit queues in use. */
    public int txQueues() {
        return tx + combined;
    }
}
