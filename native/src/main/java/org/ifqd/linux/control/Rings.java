package org.ifqd.linux.control;

/**
 * How many frames the hardware's queues hold now, each, and could hold (ETHTOOL_GRINGPARAM). Not the rings of packet
 * sockets.
 *
 * @param rx descriptors of a receive queue
 * @param tx descriptors of a transmit queue
 */
public record Rings(int rx, int tx, int maxRx, int maxTx) {}
