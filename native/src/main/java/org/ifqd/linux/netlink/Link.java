package org.ifqd.linux.netlink;

/**
 * A network interface as the kernel described it at one moment. Immutable, any thread.
 *
 * @param index the kernel's number; never used again for another interface while the system runs (until it wraps)
 * @param name up to 15 bytes; can change at any time
 * @param type the link layer, ARPHRD_*
 * @param flags IFF_*
 * @param mtuBytes what the link carries above the link-layer header
 * @param mac the hardware address as it is written, first byte on the wire highest; 0 if it has no 48 bits
 * @param carrier the lower layer has a signal; some drivers report one while the interface is down
 * @param masterIndex the bridge, bond... that this link is a port of, or 0
 * @param masterKind what the master is ({@code bridge}, {@code bond}, {@code openvswitch}...), or empty
 * @param kind {@code veth}, {@code bridge}, {@code vlan}, ...; empty for hardware and lo
 * @param rxQueues allocated, not necessarily in use: see {@code Ethtool.channels}
 * @param txQueues as {@code rxQueues}
 * @param promiscuity how many users keep it promiscuous
 * @param xdpProgram the id of an attached XDP program, native, generic or in hardware, or 0
 * @param largestGsoBytes the largest of {@code gso_max_size}, {@code gro_max_size} and those for IPv4: GSO frames are
 *     no longer; 0 where the kernel does not say
 */
public record Link(
        int index,
        String name,
        int type,
        int flags,
        int mtuBytes,
        long mac,
        OperState operState,
        boolean carrier,
        int masterIndex,
        String masterKind,
        String kind,
        int rxQueues,
        int txQueues,
        int promiscuity,
        int xdpProgram,
        int largestGsoBytes) {

    /** {@code <linux/if_arp.h>}. */
    public static final int ARPHRD_ETHER = 1;

    /** {@code <linux/if.h>}. */
    public static final int IFF_UP = 0x1;

    public static final int IFF_LOOPBACK = 0x8;
    public static final int IFF_RUNNING = 0x40;

    /** The administrator wants it up. Says nothing of the cable. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Up, and frames can pass: the operational state is UP or UNKNOWN. */
    public boolean isRunning() {
        return (flags & IFF_RUNNING) != 0;
    }

    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    /** Its frames begin with an Ethernet header. */
    public boolean isEthernet() {
        return type == ARPHRD_ETHER;
    }

    /** The hardware address as {@code 02:00:00:00:00:01}. */
    public String macText() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (mac >> shift) & 0xff;
            text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 15, 16));
            text.append(shift > 0 ? ":" : "");
        }
        return text.toString();
    }
}
