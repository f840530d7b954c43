package org.ifqd.config;

/** How frames are read and sent. The names are those of the command line and the configuration file. */
public enum Backend {
    /** The fastest one that works. */
    auto,
    /** Kernel rings of a packet socket, packet(7). */
    af_packet,
    /** libpcap: works wherever it does, slowly; one worker, receive offloads must be off. */
    pcap
}
