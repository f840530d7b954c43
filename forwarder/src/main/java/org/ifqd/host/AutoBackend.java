package org.ifqd.host;

import java.util.List;
import java.util.Optional;
import org.ifqd.config.Backend;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.config.ZeroCopy;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.NetdevFeatures;
import org.ifqd.port.Qdisc;

/**
 * The backend of a pair whose ports leave it to ifqd: AF_XDP where both drivers do without a copy and nothing is lost
 * by it, else AF_PACKET. It never changes a setting of an interface.
 *
 * @param isXdp whether it is AF_XDP
 * @param reason why not, and what would help; empty where it is
 * @param isWorthSaying whether the drivers could, so that somebody may want to know
 */
public record AutoBackend(boolean isXdp, String reason, boolean isWorthSaying) {
    /**
     * What a pair gets; empty where a port names its backend. Any thread.
     *
     * @param links in the order of the pair's ports
     */
    public static Optional<AutoBackend> of(Libc libc, PairSettings pair, List<Link> links) {
        if (pair.ports().stream().anyMatch(port -> port.backend() != Backend.auto)) {
            return Optional.empty();
        }
        if (pair.ports().stream().anyMatch(port -> port.zeroCopy() == ZeroCopy.off)) {
            return Optional.of(new AutoBackend(false, "zero-copy is off", false));
        }
        try (Ethtool ethtool = Ethtool.open()) {
            for (Link link : links) {
                Optional<String> unable = unable(libc, ethtool, link);
                if (unable.isPresent()) {
                    return Optional.of(new AutoBackend(false, unable.get(), false));
                }
            }
            return Optional.of(obstacle(ethtool, pair, links)
                    .map(reason -> new AutoBackend(false, reason, true))
                    .orElse(new AutoBackend(true, "", true)));
        }
    }

    /** What lies in the interface. */
    private static Optional<String> unable(Libc libc, Ethtool ethtool, Link link) {
        NetdevFeatures features = NetdevFeatures.of(libc, link.index());
        String driver = OffloadCheck.driver(ethtool, link.name());
        if (!features.known()) {
            return Optional.of("this kernel does not tell whether the driver of " + link.name()
                    + " could do without a copy (since Linux 6.3)");
        }
        if (!features.hasNative() || !features.hasZeroCopy()) {
            return Optional.of("the driver of " + link.name() + " (" + driver + ") cannot do without a copy");
        }
        return XdpPlan.leavesChecksums(driver)
                ? Optional.of(link.name() + " (" + driver + ") hands on GSO frames, which af_xdp does not take")
                : Optional.empty();
    }

    /** What lies in the settings. */
    private static Optional<String> obstacle(Ethtool ethtool, PairSettings pair, List<Link> links) {
        if (pair.host().allowUse()) {
            return Optional.of("allow-host: the host would hear nothing");
        }
        if (!XdpPlan.fitsZeroCopy(links)) {
            return Optional.of("an MTU above " + XdpPlan.LONGEST_ZERO_COPY_MTU);
        }
        for (int i = 0; i < links.size(); i++) {
            Optional<String> found =
                    obstacle(ethtool, pair.ports().get(i), links.get(i).name());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> obstacle(Ethtool ethtool, PortConfig port, String name) {
        if (!port.filter().isEmpty()) {
            return Optional.of("the filter of " + name);
        }
        if (port.options().qdisc() == Qdisc.USE) {
            return Optional.of("the queueing discipline of " + name);
        }
        int queues = XdpPlan.queues(ethtool, name);
        int workers = port.options().workers();
        if (queues != workers) {
            return Optional.of("%s has %d receive queues for %d workers: --workers %d, or ethtool -L"
                    .formatted(name, queues, workers, queues));
        }
        List<HarmfulOffload> harmful = port.offloads() == OffloadPolicy.KEEP
                ? List.of()
                : OffloadCheck.find(ethtool, port.overXdp(), name).stream()
                        .filter(HarmfulOffload::breaks)
                        .toList();
        return harmful.isEmpty()
                ? Optional.empty()
                : Optional.of(name + " has " + HarmfulOffload.describe(harmful) + ": "
                        + HarmfulOffload.ethtool(name, harmful, "off"));
    }
}
