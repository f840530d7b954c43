package org.ifqd.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.OnFailure;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * The kernel bridge that joins the ports of a pair while ifqd is dead, where {@code on-failure = "kernel-bridge"} says
 * so. It is known by its alias, which names the ports it was made for.
 *
 * <p><b>Threading:</b> any thread, each with a netlink socket of its own.
 */
public final class FailOpenBridge {
    /** How the alias of such a bridge begins; the names of its ports follow. */
    private static final String MARK = "ifqd fail-open";

    /** Places on the service's PATH. */
    private static final List<String> WHERE_IP_IS = List.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip", "/bin/ip");

    private FailOpenBridge() {}

    /** The reasons why on-failure does not hold; empty for none. */
    public static List<String> check(DaemonConfig config) {
        boolean isWanted = config.pairs().stream().anyMatch(pair -> pair.onFailure() == OnFailure.KERNEL_BRIDGE);
        boolean canJoin = WHERE_IP_IS.stream().map(Path::of).anyMatch(Files::isExecutable);
        return isWanted && !canJoin
                ? List.of("on-failure = \"kernel-bridge\" needs the program ip to join ports; apt-get install iproute2")
                : List.of();
    }

    /** Whether a link is a port of a bridge that was made for a dead ifqd, and that holds nobody else's ports. */
    public static boolean isPort(Rtnetlink rtnetlink, Link link) {
        return of(rtnetlink, link).isPresent();
    }

    /** The bridge that was made for a dead ifqd, of which a link is a port, and that holds nobody else's ports. */
    public static Optional<Link> of(Rtnetlink rtnetlink, Link port) {
        if (port.masterIndex() == 0) {
            return Optional.empty();
        }
        String alias = rtnetlink.alias(port.masterIndex());
        if (!alias.startsWith(MARK + " ")) {
            return Optional.empty();
        }
        Set<String> own = Set.of(alias.substring(MARK.length() + 1).split(" "));
        boolean isOwn = rtnetlink.links().stream()
                .filter(link -> link.masterIndex() == port.masterIndex())
                .allMatch(link -> own.contains(link.name()));
        return isOwn ? rtnetlink.link(port.masterIndex()) : Optional.empty();
    }
}
