package org.ifqd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Driver;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Address;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.NetdevFeatures;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * One look at all interfaces of this network namespace, but for the loopback device: there is no cable behind it, what
 * is sent to it comes back to this host, so it has no other side to bridge to.
 *
 * <p>Asks rtnetlink for what is there and each driver for the rest. Changes nothing, needs no privilege. One thread.
 */
final class InterfaceSurvey {
    private final Ethtool ethtool;
    private final Map<Integer, String> names;
    private final Map<Integer, List<Address>> addresses;

    private InterfaceSurvey(Ethtool ethtool, List<Link> links, List<Address> addresses) {
        this.ethtool = ethtool;
        this.names = links.stream().collect(Collectors.toMap(Link::index, Link::name));
        this.addresses = addresses.stream().collect(Collectors.groupingBy(Address::linkIndex));
    }

    /** @throws ErrnoException if the kernel refuses an answer */
    static List<InterfaceReport> take() {
        try (Rtnetlink rtnetlink = new Rtnetlink(Libc.system());
                Ethtool ethtool = Ethtool.open()) {
            List<Link> links = rtnetlink.links();
            InterfaceSurvey survey = new InterfaceSurvey(ethtool, links, rtnetlink.addresses());
            List<InterfaceReport> reports = new ArrayList<>();
            for (Link link : links) {
                if (!link.isLoopback()) {
                    reports.add(survey.report(link));
                }
            }
            return reports;
        }
    }

    private InterfaceReport report(Link link) {
        String name = link.name();
        String driver =
                Ethtool.ifPresent(() -> ethtool.driver(name)).map(Driver::name).orElse("");
        Map<String, Feature> features =
                Ethtool.ifPresent(() -> Optional.of(ethtool.features(name))).orElse(Map.of());
        Optional<Channels> channels = Ethtool.ifPresent(() -> ethtool.channels(name));
        // a master in another network namespace has no name here
        String master = names.getOrDefault(link.masterIndex(), "with index " + link.masterIndex());
        List<Address> own = addresses.getOrDefault(link.index(), List.of());
        return new InterfaceReport(
                name,
                link.index(),
                driver,
                link.kind(),
                link.isEthernet() ? link.macText() : "",
                link.isUp(),
                link.carrier(),
                link.mtuBytes(),
                channels.map(Channels::rxQueues).orElse(link.rxQueues()),
                channels.map(Channels::txQueues).orElse(link.txQueues()),
                channels.orElse(null),
                Ethtool.ifPresent(() -> ethtool.rings(name)).orElse(null),
                features.values().stream()
                        .filter(Feature::on)
                        .map(Feature::name)
                        .filter(InterfaceSurvey::isOffload)
                        .toList(),
                NativeXdp.of(link, driver, features, NetdevFeatures.of(Libc.system(), link.index())),
                Obstacles.of(link, own, master, driver, features));
    }

    /**
     * Features that say what happens to frames; others tell of memory or moves ({@code highdma}, {@code netns-local}).
     */
    private static boolean isOffload(String feature) {
        return feature.startsWith("rx-") || feature.startsWith("tx-") || feature.endsWith("-offload");
    }
}
