package org.ifqd.config;

import org.ifqd.port.PortOptions;

/** How frames are read and sent. The names are those of the command line and the configuration file. */
public enum Backend {
    /** The fastest one that works. */
    auto,
    /** Kernel rings of a packet socket, packet(7). */
    af_packet,
    /** libpcap: works wherever it does, slowly; one worker, receive offloads must be off. */
    pcap;

    /** Frames that a send queue holds unless the configuration says otherwise. */
    public int defaultQueue() {
        return this == pcap ? PortOptions.QUEUE_OF_COPIES : PortOptions.DEFAULT.queueCapacity();
    }
}
