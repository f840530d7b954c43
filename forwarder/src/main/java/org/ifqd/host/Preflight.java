package org.ifqd.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ifqd.config.ByteSize;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.MachineMemory;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what will fail before anything is opened. Each failure is one line with its cure. */
public final class Preflight {
    private static final Logger LOG = LoggerFactory.getLogger(Preflight.class);

    /** Of a transmit slot for an MTU of 1500. */
    private static final int LEAST_SLOT_BYTES = 2048;

    private Preflight() {}

    /**
     * Looks at everything that these pairs need before any of them is touched.
     *
     * @return what will work, but perhaps not as wished
     * @throws ConfigException for the first thing that is missing
     */
    public static List<String> all(Libc libc, DaemonConfig config, List<PairSettings> coming) {
        coming.forEach(pair -> present(libc, pair));
        memory(config);
        cpus(libc, config);
        List<PortConfig> ports =
                coming.stream().flatMap(pair -> pair.ports().stream()).toList();
        List<String> warnings = new ArrayList<>(OffloadCheck.check(ports.stream()
                .filter(OffloadCheck::isNeededFirst)
                .collect(Collectors.toMap(port -> port, PortConfig::name, (a, b) -> a, LinkedHashMap::new))));
        warnings.addAll(PcapLimits.check(ports));
        warnings.addAll(XdpPlan.check(ports, config.host()));
        warnings.addAll(FailOpenBridge.check(config));
        return warnings;
    }

    /**
     * Looks both interfaces up, and refuses those that the host itself uses.
     *
     * @return those that are there: both, unless the pair may wait for them
     */
    public static List<Link> present(Libc libc, PairSettings pair) {
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            List<Link> links = pair.ports().stream()
                    .map(port -> link(rtnetlink, pair.pair(), port.name()))
                    .flatMap(Optional::stream)
                    .toList();
            HostUse.refuse(rtnetlink, pair.host(), links);
            return links;
        }
    }

    /** Sets the interfaces up, where the pair's link is mirrored: an ifqd that was killed may have left one down. */
    public static void raise(Libc libc, PairSettings pair, List<Link> links) {
        if (!pair.pair().mirrorLink()) {
            return;
        }
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            for (Link link : links) {
                if (!link.isUp()) {
                    rtnetlink.setUp(link, true);
                    LOG.info("{}: set up, as mirror-link asks", link.name());
                }
            }
        }
    }

    /** As {@link #present}, for interfaces that were looked up already and may be down. */
    public static void refuseOthers(Libc libc, PairSettings pair, List<Link> links) {
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            for (Link link : links) {
                refuseOther(link);
            }
            HostUse.refuse(rtnetlink, pair.host(), links);
        }
    }

    /** Empty if it is not there and may be so. */
    public static Optional<Link> link(Rtnetlink rtnetlink, PairConfig pair, String name) {
        Optional<Link> found = rtnetlink.link(name);
        if (found.isEmpty() && !pair.waits()) {
            throw new ConfigException("no such interface: " + name + "; there are: " + names(rtnetlink));
        }
        found.ifPresent(link -> {
            refuseOther(link);
            if (!link.isUp() && !pair.waits() && !pair.mirrorLink()) {
                throw new ConfigException(name + " is down; ip link set " + name + " up");
            }
        });
        return found;
    }

    private static void refuseOther(Link link) {
        if (!link.isEthernet()) {
            throw new ConfigException(link.name() + " is not an Ethernet interface; see ifqd interfaces");
        }
    }

    /** Warnings of what will work, but perhaps not as wished. */
    public static List<String> warnings(List<Link> links) {
        Link a = links.get(0);
        Link b = links.get(1);
        if (a.mtuBytes() == b.mtuBytes()) {
            return List.of();
        }
        return List.of("%s has MTU %d and %s %d: frames too large for the smaller one are dropped and counted as tooBig"
                .formatted(a.name(), a.mtuBytes(), b.name(), b.mtuBytes()));
    }

    private static String names(Rtnetlink rtnetlink) {
        return String.join(
                ", ", rtnetlink.links().stream().map(Link::name).sorted().toList());
    }

    /**
     * Refuses rings that would push the machine out of memory: the kernel takes ring memory that is not swappable, and
     * would rather kill another process than fail.
     */
    public static void memory(DaemonConfig config) {
        long needed = 0;
        for (PortConfig port : config.ports()) {
            needed += port.options().rxRingBytes() * port.options().workers();
        }
        for (PairSettings pair : PairSettings.of(config)) {
            needed += lanes(pair.first(), pair.second()) + lanes(pair.second(), pair.first());
        }
        long available = MachineMemory.availableBytes();
        if (needed > available / 2) {
            throw new ConfigException("rings of " + ByteSize.format(needed) + " in all do not fit in memory ("
                    + ByteSize.format(available)
                    + " available, half of it may be used); use a smaller --rx-ring or fewer"
                    + " --workers");
        }
    }

    /** Bytes of the transmit rings of a port, one for each worker of the other. */
    private static long lanes(PortConfig port, PortConfig other) {
        return (long) port.options().txSlots()
                * LEAST_SLOT_BYTES
                * other.options().workers();
    }

    /** The part of the requested scheduling that may be had; refuses one that was asked for by name and may not. */
    public static Scheduling scheduling(Libc libc, DaemonConfig config) {
        try {
            return config.host().scheduling().resolve(libc);
        } catch (ErrnoException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    /** Refuses processors that this process may not use: found out now, and not by a worker that dies. */
    public static void cpus(Libc libc, DaemonConfig config) {
        for (PortConfig port : config.ports()) {
            for (int cpu : port.options().cpus()) {
                if (!CpuAffinity.isUsable(libc, cpu)) {
                    throw new ConfigException("--cpus: " + port.name() + " wants processor " + cpu
                            + ", which is not there or not for this process; see nproc and taskset -p");
                }
            }
        }
    }
}
