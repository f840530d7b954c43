package org.ifqd.port.xdp;

/**
 * An interface as an AF_XDP port needs to know it.
 *
 * @param name its name now
 * @param queues receive queues in use: each needs a worker
 * @param finishesChecksums what it receives has its checksums; false where the other end may leave them (veth, tun,
 *     virtio)
 */
public record XdpInterface(String name, int index, int mtuBytes, int queues, boolean finishesChecksums) {}
