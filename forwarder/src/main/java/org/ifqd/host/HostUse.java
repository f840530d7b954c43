package org.ifqd.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ifqd.config.ConfigException;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.IsolateMode;
import org.ifqd.linux.netlink.Address;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * Refuses ports that the host uses itself: its use would end without a word, or it would answer frames that ifqd
 * forwards.
 *
 * <p>IPv6 link-local addresses are not a use: the kernel gives one to every interface that goes up.
 */
public final class HostUse {
    private static final String ANYWAY = ", or --allow-host";
    private static final Path SYSCTL_NET = Path.of("/proc/sys/net");

    private HostUse() {}

    /** @throws ConfigException for the first use found, in one line with its cure */
    public static void refuse(Rtnetlink rtnetlink, HostPolicy policy, List<Link> links) {
        if (policy.allowUse()) {
            return;
        }
        List<Address> addresses = rtnetlink.addresses();
        for (Link link : links) {
            if (!FailOpenBridge.isPort(rtnetlink, link)) {
                master(link).ifPresent(HostUse::refuse);
            }
            addresses(link, addresses).ifPresent(HostUse::refuse);
            // isolated ports are deaf, so forwarding that is on for all interfaces does not concern them
            if (policy.isolate() == IsolateMode.OFF) {
                refuseForwarding(link);
            }
        }
    }

    private static void refuse(String use) {
        throw new ConfigException(use);
    }

    /** That a link belongs to a bridge, bond...; with its cure. */
    public static Optional<String> master(Link link) {
        if (link.masterIndex() == 0) {
            return Optional.empty();
        }
        return Optional.of(link.name() + " is a port of a " + masterKind(link) + "; " + freed(link) + ANYWAY);
    }

    /** The kind of device that has a link as its port: {@code bridge}, {@code bond}, {@code openvswitch}... */
    public static String masterKind(Link link) {
        return link.masterKind().isEmpty() ? "master" : link.masterKind();
    }

    /** The command that takes a link from its master. */
    public static String freed(Link link) {
        return link.masterKind().equals("openvswitch")
                ? "ovs-vsctl del-port " + link.name()
                : "ip link set " + link.name() + " nomaster";
    }

    /** That a link has addresses; with its cure. */
    static Optional<String> addresses(Link link, List<Address> addresses) {
        String used = usedAddresses(link, addresses);
        return used.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        link.name() + " has IP addresses " + used + "; ip addr flush dev " + link.name() + ANYWAY);
    }

    /** Those addresses of a link that mean that the host uses it, with a comma between; empty for none. */
    public static String usedAddresses(Link link, List<Address> addresses) {
        return addresses.stream()
                .filter(address -> address.linkIndex() == link.index() && !isAutomatic(address))
                .map(Address::withPrefix)
                .collect(Collectors.joining(", "));
    }

    private static boolean isAutomatic(Address address) {
        return address.isLinkLocal() && address.text().contains(":");
    }

    private static void refuseForwarding(Link link) {
        for (String family : List.of("ipv4", "ipv6")) {
            String key = family + "/conf/" + link.name() + "/forwarding";
            if (isOn(SYSCTL_NET.resolve(key))) {
                // slashes, since a name may have dots
                throw new ConfigException("the host forwards IP packets from " + link.name() + " too; leave --isolate"
                        + " on, sysctl -w net/" + key + "=0" + ANYWAY);
            }
        }
    }

    private static boolean isOn(Path sysctl) {
        try {
            return !Files.readString(sysctl).strip().equals("0");
        } catch (IOException e) {
            return false; // this family is off, in the kernel or on the interface
        }
    }
}
