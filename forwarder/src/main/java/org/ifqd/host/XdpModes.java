package org.ifqd.host;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.ifqd.config.ConfigException;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.config.ZeroCopy;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.NetdevFeatures;
import org.ifqd.port.Port;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.ZeroCopyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which mode a pair is opened over AF_XDP: zero-copy where the drivers of all its AF_XDP ports have it, else copy.
 * A memory has one mode, so a pair has one. <b>Threading:</b> the controlling thread.
 */
public final class XdpModes {
    private static final Logger LOG = LoggerFactory.getLogger(XdpModes.class);

    private XdpModes() {}

    /**
     * Opens the ports of a pair; where they leave the backend to ifqd, by {@link AutoBackend}.
     *
     * @param links in the order of the pair's ports
     * @param opening opens both, as they are to be opened, with a memory, which is null where no port is an AF_XDP one;
     *     opens none if it fails
     * @throws ConfigException where zero-copy is asked for and a driver has none
     */
    public static List<Port> open(
            Libc libc,
            PairSettings pair,
            List<Link> links,
            BiFunction<List<PortConfig>, XdpMemory, List<Port>> opening) {
        Optional<AutoBackend> choice = AutoBackend.of(libc, pair, links);
        if (choice.isPresent() && choice.get().isXdp()) {
            try {
                List<PortConfig> chosen =
                        pair.ports().stream().map(PortConfig::overXdp).toList();
                List<Port> opened = opening.apply(chosen, XdpPlan.memory(libc, chosen, links, true));
                LOG.info("{}: auto takes af_xdp, without a copy", pair.pair());
                return opened;
            } catch (ZeroCopyException e) {
                tell(pair, e.refusal().getMessage());
            } catch (ErrnoException e) {
                tell(pair, e.getMessage());
            }
        } else if (choice.isPresent() && choice.get().isWorthSaying()) {
            tell(pair, choice.get().reason());
        }
        List<PortConfig> ports = pair.ports();
        return open(libc, ports, links, memory -> opening.apply(ports, memory));
    }

    private static void tell(PairSettings pair, String reason) {
        LOG.info(
                "{}: auto takes af_packet, though both drivers could do without a copy (af_xdp): {}",
                pair.pair(),
                reason);
    }

    private static List<Port> open(
            Libc libc, List<PortConfig> ports, List<Link> links, Function<XdpMemory, List<Port>> opening) {
        if (ports.stream().noneMatch(PortConfig::usesXdp)) {
            return opening.apply(null);
        }
        if (mayBeZeroCopy(libc, ports, links)) {
            try {
                List<Port> opened = opening.apply(XdpPlan.memory(libc, ports, links, true));
                LOG.info(
                        "{} and {}: af_xdp without a copy",
                        ports.get(0).name(),
                        ports.get(1).name());
                return opened;
            } catch (ZeroCopyException e) {
                if (isAskedFor(ports)) {
                    throw e.refusal();
                }
                LOG.info("{}: so both ports copy", e.refusal().getMessage());
            }
        }
        return opening.apply(XdpPlan.memory(libc, ports, links, false));
    }

    private static boolean isAskedFor(List<PortConfig> ports) {
        return ports.stream().anyMatch(port -> port.usesXdp() && port.zeroCopy() == ZeroCopy.on);
    }

    private static boolean mayBeZeroCopy(Libc libc, List<PortConfig> ports, List<Link> links) {
        if (ports.stream().anyMatch(port -> port.usesXdp() && port.zeroCopy() == ZeroCopy.off)) {
            if (isAskedFor(ports)) {
                throw new ConfigException(
                        ports.get(0).name() + " and " + ports.get(1).name()
                                + ": zero-copy on for one and off for the other, and both have one memory; the same for both");
            }
            return false;
        }
        if (!XdpPlan.fitsZeroCopy(links)) {
            if (isAskedFor(ports)) {
                throw new ConfigException(
                        ports.get(0).name() + " and " + ports.get(1).name()
                                + ": zero-copy is for an MTU of at most %d; ip link set IF mtu %d, or --zero-copy auto"
                                        .formatted(XdpPlan.LONGEST_ZERO_COPY_MTU, XdpPlan.LONGEST_ZERO_COPY_MTU));
            }
            return false;
        }
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).usesXdp()
                    && NetdevFeatures.of(libc, links.get(i).index()).lacksZeroCopy()) {
                if (isAskedFor(ports)) {
                    throw new ConfigException(
                            ports.get(i).name() + ": its driver has no zero-copy; leave --zero-copy on away");
                }
                return false;
            }
        }
        return true;
    }
}
