package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.IsolateMode;
import org.ifqd.config.PairSettings;
import org.ifqd.host.Isolation;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;

/**
 * A pair while both of its interfaces are there: the bridge, and the isolation of its ports from the host.
 *
 * <p><b>Threading:</b> the controlling thread; the bridge's counters by any. <b>Owns:</b> bridge and isolation.
 */
final class OpenPair implements AutoCloseable {
    private final Libc libc;
    private final Bridge bridge;
    private Isolation isolation;

    private OpenPair(Libc libc, Bridge bridge, Isolation isolation) {
        this.libc = libc;
        this.bridge = bridge;
        this.isolation = isolation;
    }

    /**
     * Opens both ports; no frame flows before {@link Bridge#start}.
     *
     * @param links of the first and the second port
     * @param isolation of these interfaces; closed if this fails
     */
    static OpenPair open(PortOpener opener, PairSettings settings, List<Link> links, Isolation isolation) {
        Bridge bridge;
        try {
            bridge = opener.bridge(settings, links);
        } catch (RuntimeException e) {
            isolation.close();
            throw e;
        }
        isolation.warn();
        return new OpenPair(opener.libc(), bridge, isolation);
    }

    Bridge bridge() {
        return bridge;
    }

    /**
     * Isolates these interfaces in this way, if they are not already: also when they have other names.
     *
     * @throws RuntimeException why nothing has changed
     */
    void isolate(IsolateMode mode, List<Link> links) {
        isolation = isolation.follow(libc, mode, links);
    }

    /** Logs what the isolation cannot do. */
    void warnOfIsolation() {
        isolation.warn();
    }

    /** The counters, with those of the times when the pair was open before. Any thread. */
    List<PortSnapshot> snapshot(List<PortSnapshot> before) {
        List<PortSnapshot> now = bridge.snapshot();
        List<PortSnapshot> sums = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            sums.add(now.get(i).plus(before.get(i)));
        }
        return List.copyOf(sums);
    }

    /** Unmaps and closes; drains first if need be. */
    @Override
    public void close() {
        try {
            bridge.close();
        } finally {
            isolation.close();
        }
    }
}
