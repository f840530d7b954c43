package org.ifqd.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.NetdevFeatures;

/**
 * Whether an XDP program can run inside an interface's driver, which the AF_XDP backend needs, and whether that can do
 * without a copy.
 *
 * <p>The kernel's own word (netdev family, xdp-features, Linux 6.3), or, before that, what is known of the driver by
 * its name; not a trial: attaching a program to find out would disturb the interface. A {@code YES} can still fail,
 * for example when the MTU is too large for the driver's buffers or queues are short; an {@code UNKNOWN} may well
 * work.
 */
enum NativeXdp {
    ZERO_COPY,
    YES,
    NO,
    UNKNOWN;

    /** Drivers of mainline Linux that take a program and can redirect to an AF_XDP socket, by their ethtool names. */
    private static final Set<String> WITH = Set.of(
            "bnxt_en", // Broadcom NetXtreme
            "ena", // Amazon
            "fsl_dpaa2_eth", // NXP
            "fsl_enetc", // NXP
            "gve", // Google
            "hv_netvsc", // Microsoft Hyper-V
            "i40e", // Intel 700 series
            "ice", // Intel 800 series
            "igb", // Intel 1 Gbit/s
            "igc", // Intel 2.5 Gbit/s
            "ixgbe", // Intel 10 Gbit/s
            "ixgbevf", // virtual functions of ixgbe
            "mana", // Microsoft Azure
            "mlx4_en", // Mellanox ConnectX-3
            "mlx5_core", // Mellanox ConnectX-4 and later
            "mvneta", // Marvell
            "mvpp2", // Marvell
            "nfp", // Netronome
            "qede", // QLogic
            "sfc", // Solarflare
            "tun", // a tap; a tun carries no Ethernet
            "veth",
            "virtio_net");

    /** Common drivers that have none, so that nobody waits for it. */
    private static final Set<String> WITHOUT =
            Set.of("8139cp", "8139too", "bridge", "e1000", "e1000e", "ifb", "macvlan", "r8169", "tg3");

    /**
     * @param driver its ethtool name, or empty if it is not known
     * @param netdev the kernel's word
     */
    static NativeXdp of(Link link, String driver, Map<String, Feature> features, NetdevFeatures netdev) {
        if (!link.isEthernet() || WITHOUT.contains(driver)) {
            return NO;
        }
        // A virtio host that merges frames and cannot be told to stop: the driver then refuses every program
        // (virtnet_xdp_set in drivers/net/virtio_net.c, without VIRTIO_NET_F_CTRL_GUEST_OFFLOADS).
        Feature merging = features.get("rx-gro-hw");
        if (driver.equals("virtio_net") && merging != null && merging.on() && merging.fixed()) {
            return NO;
        }
        if (netdev.known()) {
            return netdev.hasNative() ? netdev.hasZeroCopy() ? ZERO_COPY : YES : NO;
        }
        return WITH.contains(driver) ? YES : UNKNOWN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
