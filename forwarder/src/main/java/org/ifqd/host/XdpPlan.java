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

    private XdpPlan() {}

    /**
     * The memory of a pair, if one of its ports has the backend; else null. The first port that closes it unmaps
     * nothing, the last one does.
     *
     * @param links in the order of the pair's ports
     */
    public static XdpMemory memory(Libc libc, List<PortConfig> ports, List<Link> links) {
        if (ports.stream().noneMatch(PortConfig::usesXdp)) {
            return null;
        }
        int chunkBytes = XdpPort.chunkBytes(
                Math.max(links.get(0).mtuBytes(), links.get(1).mtuBytes()));
        if (chunkBytes == 0) {
            chunkBytes = XdpPort.chunkBytes(LONGEST_MTU);
        }
        int chunks = 0;
        for (int i = 0; i < ports.size(); i++) {
            PortConfig port = ports.get(i);
            chunks += XdpPort.laneChunks(
                    port.options(), ports.get(1 - i).options().workers());
            chunks += port.usesXdp() ? XdpPort.ringChunks(port.options(), chunkBytes) : 0;
        }
        return XdpMemory.open(
                libc,
                chunks,
                chunkBytes,
                ports.get(0).name() + " and " + ports.get(1).name());
    }

    /**
     * An interface, as its port needs to know it.
     *
     * @throws ConfigException where it cannot be a port of this kind; the line says what helps
     */
    public static XdpInterface describe(PortConfig port, Link link) {
        String name = link.name();
        if (link.mtuBytes() > LONGEST_MTU) {
            throw new ConfigException(
                    "%s has MTU %d, and af_xdp takes at most %d: ip link set %s mtu %d, or use --backend"
                                    .formatted(name, link.mtuBytes(), LONGEST_MTU, name, LONGEST_MTU)
                            + " af_packet");
        }
        try (Ethtool ethtool = Ethtool.open()) {
            int queues = Math.max(1, queues(ethtool, name));
            int workers = port.options().workers();
            if (queues != workers) {
                throw new ConfigException(
                        "%s has %d receive queues and %d workers, and af_xdp loses the frames of a queue without one: --workers %d, or ethtool -L %s combined %d"
                                .formatted(name, queues, workers, queues, name, workers));
            }
            String driver = Ethtool.ifPresent(() -> ethtool.driver(name))
                    .map(Driver::name)
                    .orElse("");
            return new XdpInterface(name, link.index(), link.mtuBytes(), queues, !UNFINISHED.contains(driver));
        }
    }

    /** A driver that tells of no channels has one queue. */
    private static int queues(Ethtool ethtool, String name) {
        return Ethtool.ifPresent(() -> ethtool.channels(name))
                .map(Channels::rxQueues)
                .orElse(1);
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
