package org.ifqd.config;

import org.ifqd.port.PortOptions;

/** How frames are read and sent. The names are those of the command line and the configuration file. */
public enum Backend {
    /** One that loses and alters nothing: af_packet, or af_xdp where that is so too, and NICs do without a copy. */
    auto,
    /** Kernel rings of a packet socket, packet(7). */
    af_packet,
    /**
     * Rings of the interface's own queues over memory of ours, AF_XDP; nothing of it is shared with the host.
     */
    af_xdp,
    /** libpcap: works wherever it does, slowly; one worker, receive offloads must be off. */
    pcap;

    /** Frames that a send queue holds unless the configuration says otherwise. */
    public int defaultQueue() {
        return this == pcap || this == af_xdp ? PortOptions.QUEUE_OF_COPIES : PortOptions.DEFAULT.queueCapacity();
    }
}
