package org.ifqd.host;

import java.util.List;
import java.util.Optional;
import org.ifqd.config.ConfigException;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Driver;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.netlink.Link;
import org.ifqd.port.Qdisc;
import org.ifqd.port.xdp.XdpInterface;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.XdpPort;

/**
 * The demands of AF_XDP on a pair of ports, told before a port is opened. A frame of a queue without a worker
 * would be lost, so there are as many workers as queues.
 */
public final class XdpPlan {
    /** Virtual interfaces, which hand over what their other end has sent as it is. */
    private static final List<String> UNFINISHED = List.of("veth", "tun", "virtio_net");

    /** veth takes frames of a chunk only if they fit into a page with all that the kernel puts around them. */
    private static final int LONGEST_MTU = 3498;

    /**
     * In zero-copy mode a frame has to fit into the buffer that the NIC is told of, and some know but whole KiB (SRRCTL
     * of igb, igc, 82599): 3 of a chunk of 4. What is longer would come in pieces.
     */
    static final int LONGEST_ZERO_COPY_MTU = 3072 - 22;

    /** Frames of a receive and a transmit ring, where the driver does not tell. */
    private static final int USUAL_RINGS = 2 * 1024;

    private XdpPlan() {}

    /**
     * The memory of a pair of which one port has the backend. The first port that closes it unmaps nothing, the last
     * one does.
     *
     * @param links in the order of the pair's ports
     */
    static XdpMemory memory(Libc libc, List<PortConfig> ports, List<Link> links, boolean zeroCopy) {
        int mtuBytes = Math.max(links.get(0).mtuBytes(), links.get(1).mtuBytes());
        int chunkBytes = zeroCopy || mtuBytes > LONGEST_MTU ? XdpPort.LARGE_CHUNK : XdpPort.chunkBytes(mtuBytes);
        int chunks = 0;
        for (int i = 0; i < ports.size(); i++) {
            PortConfig port = ports.get(i);
            chunks += XdpPort.laneChunks(
                    port.options(), ports.get(1 - i).options().workers());
            chunks += port.usesXdp() ? XdpPort.ringChunks(port.options(), chunkBytes) : 0;
            chunks += port.usesXdp() && zeroCopy
                    ? port.options().workers() * driverChunks(links.get(i).name())
                    : 0;
        }
        return XdpMemory.open(
                libc,
                chunks,
                chunkBytes,
                ports.get(0).name() + " and " + ports.get(1).name(),
                zeroCopy);
    }

    /** Whether all links of a pair have an MTU that zero-copy is good for. */
    static boolean fitsZeroCopy(List<Link> links) {
        return links.stream().allMatch(link -> link.mtuBytes() <= LONGEST_ZERO_COPY_MTU);
    }

    /** Frames of a queue that a driver may hold in zero-copy mode: those of its rings. */
    private static int driverChunks(String name) {
        try (Ethtool ethtool = Ethtool.open()) {
            return Ethtool.ifPresent(() -> ethtool.rings(name))
                    .map(rings -> rings.rx() + rings.tx())
                    .orElse(USUAL_RINGS);
        }
    }

    /**
     * An interface, as its port needs to know it.
     *
     * @throws ConfigException where it cannot be a port of this kind; the line says what helps
     */
    public static XdpInterface describe(PortConfig port, Link link) {
        String name = link.name();
        checkMtu(link);
        try (Ethtool ethtool = Ethtool.open()) {
            int queues = queues(ethtool, name);
            int workers = port.options().workers();
            if (queues != workers) {
                throw new ConfigException(
                        "%s has %d receive queues and %d workers, and af_xdp loses the frames of a queue without one: --workers %d, or --channels fix"
                                .formatted(name, queues, workers, queues));
            }
            String driver = Ethtool.ifPresent(() -> ethtool.driver(name))
                    .map(Driver::name)
                    .orElse("");
            return new XdpInterface(name, link.index(), link.mtuBytes(), queues, !leavesChecksums(driver));
        }
    }

    /**
     * Refuses an MTU that is too large.
     *
     * @throws ConfigException with the cure
     */
    public static void checkMtu(Link link) {
        String name = link.name();
        if (link.mtuBytes() > LONGEST_MTU) {
            throw new ConfigException(
                    "%s has MTU %d, and af_xdp takes at most %d: ip link set %s mtu %d, or use --backend"
                                    .formatted(name, link.mtuBytes(), LONGEST_MTU, name, LONGEST_MTU)
                            + " af_packet");
        }
    }

    /** Receive queues in use; a driver that tells of no channels has one. */
    static int queues(Ethtool ethtool, String name) {
        return Math.max(
                1,
                Ethtool.ifPresent(() -> ethtool.channels(name))
                        .map(Channels::rxQueues)
                        .orElse(1));
    }

    /** Whether what comes from interfaces of a driver may have checksums and segmentation that are left to be done. */
    static boolean leavesChecksums(String driver) {
        return UNFINISHED.contains(driver);
    }

    /**
     * Refuses settings that mean nothing to AF_XDP.
     *
     * @return warnings: what may not work, which only the other end knows
     */
    public static List<String> check(List<PortConfig> all, HostPolicy host) {
        List<PortConfig> ports = all.stream().filter(PortConfig::usesXdp).toList();
        if (!ports.isEmpty() && host.allowUse()) {
            throw new ConfigException(ports.getFirst().name()
                    + ": af_xdp leaves the host nothing to hear; leave --allow-host away, or use --backend af_packet");
        }
        return ports.stream().map(XdpPlan::check).flatMap(Optional::stream).toList();
    }

    private static Optional<String> check(PortConfig port) {
        if (!port.filter().isEmpty()) {
            throw new ConfigException(
                    port.name() + ": af_xdp has no filter; leave --filter away, or use --backend af_packet");
        }
        if (port.options().qdisc() == Qdisc.USE) {
            throw new ConfigException(port.name()
                    + ": af_xdp sends past the queueing discipline; leave --qdisc away, or use --backend af_packet");
        }
        try (Ethtool ethtool = Ethtool.open()) {
            String driver = Ethtool.ifPresent(() -> ethtool.driver(port.name()))
                    .map(Driver::name)
                    .orElse("");
            if (!driver.equals("veth") || port.offloads() == OffloadPolicy.KEEP) {
                return Optional.empty();
            }
            return Optional.of(
                    port.name() + " (veth): tags that its other end leaves to offloads are lost before af_xdp sees"
                            + " them; at the other end: ethtool -K PEER txvlan off");
        }
    }
}
