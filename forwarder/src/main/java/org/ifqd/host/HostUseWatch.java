package org.ifqd.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ifqd.linux.netlink.Address;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the host begins, or ends, to use a port that ifqd forwards: an IP address, a bridge or bond. A start
 * refuses such ports; once frames flow they go on, and there is one line of log for each change.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
public final class HostUseWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HostUseWatch.class);

    /** The last words on master and addresses, by the interface's index. */
    private record Use(Optional<String> master, Optional<String> addresses) {
        static final Use NONE = new Use(Optional.empty(), Optional.empty());
    }

    private Map<Integer, Use> known = new HashMap<>();

    /**
     * @param links under the ports whose use is to be told, as they are now
     * @param isReaddressed whether addresses may have come or gone since the last time
     */
    public void look(Rtnetlink rtnetlink, List<Link> links, boolean isReaddressed) {
        List<Address> addresses = isReaddressed ? rtnetlink.addresses() : null;
        Map<Integer, Use> now = new HashMap<>();
        links.forEach(link -> now.put(link.index(), look(link, addresses)));
        known = now;
    }

    /** @param addresses null: as before */
    private Use look(Link link, List<Address> addresses) {
        Use before = known.getOrDefault(link.index(), Use.NONE);
        Optional<String> master = HostUse.master(link);
        say(link, before.master(), master, "no longer belongs to another bridge or bond");
        if (addresses == null) {
            return new Use(master, before.addresses());
        }
        Optional<String> own = HostUse.addresses(link, addresses);
        say(link, before.addresses(), own, "has no IP address any more");
        return new Use(master, own);
    }

    private static void say(Link link, Optional<String> before, Optional<String> now, String ended) {
        if (now.isPresent() && !now.equals(before)) {
            LOG.warn("{}", now.get());
        } else if (now.isEmpty() && before.isPresent()) {
            LOG.info("{} {}", link.name(), ended);
        }
    }
}
