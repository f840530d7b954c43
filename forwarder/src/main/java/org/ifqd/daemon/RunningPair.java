package org.ifqd.daemon;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two ports that are cross-connected, from opening to the last book: the bridge and the isolation of its ports from the host.
 *
 * <p><b>Threading:</b> the controlling thread; {@link #snapshot} and {@link #isLooped} from any. <b>Owns:</b> bridge and isolation.
 */
final class RunningPair implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningPair.class);

    /** All that a pair depends on: as long as it is equal, a reload leaves the pair alone. */
    record Settings(PairConfig pair, PortConfig first, PortConfig second, LinkLocalPolicy linkLocal, HostPolicy host) {
        static List<Settings> of(DaemonConfig config) {
            return config.pairs().stream()
                    .map(pair -> new Settings(
                            pair,
                            config.port(pair.first()),
                            config.port(pair.second()),
                            config.linkLocal(),
                            config.host()))
                    .toList();
        }

        List<PortConfig> ports() {
            return List.of(first, second);
        }
    }

    private final Libc libc;
    private final Settings settings;
    private final List<PortLink> links;

    /** Null: the interfaces have not been there yet. */
    private final Bridge bridge;

    /** Null: not asked for. */
    private final LinkMirror mirror;

    /** What the pair had done before its ports were opened anew; empty for nothing. */
    private final List<PortSnapshot> before;

    private Isolation isolation;

    /** The counters as they were when the ports were closed; null before. */
    private List<PortSnapshot> last;

    private RunningPair(
            Libc libc,
            Settings settings,
            List<PortLink> links,
            Isolation isolation,
            Bridge bridge,
            LinkMirror mirror,
            List<PortSnapshot> before) {
        this.libc = libc;
        this.settings = settings;
        this.links = links;
        this.isolation = isolation;
        this.bridge = bridge;
        this.mirror = mirror;
        this.before = before;
    }

    private static LinkMirror mirror(PairConfig pair) {
        return pair.mirrorLink() ? new LinkMirror(pair.first(), pair.second(), System::nanoTime) : null;
    }

    /** A pair that waits for interfaces that are not there yet. */
    static RunningPair waiting(Libc libc, Settings settings) {
        List<PortLink> links = settings.ports().stream()
                .map(port -> new PortLink(port.name(), Optional.empty(), false))
                .toList();
        RunningPair pair = new RunningPair(libc, settings, links, null, null, mirror(settings.pair()), List.of());
        pair.last = settings.ports().stream()
                .map(port -> PortSnapshot.none(
                        port.name(), port.backend().toString(), port.options().queueCapacity()))
                .toList();
        return pair;
    }

    /**
     * Opens both ports; no frame flows before {@link #start}.
     *
     * @param links of the first and the second port
     * @param daemon told of what fails
     */
    static RunningPair open(Libc libc, Settings settings, List<Link> links, StartWorker worker, BridgeDaemon daemon) {
        Isolation isolation = Isolation.open(libc, settings.host().isolateMode(), links);
        LinkMirror mirror = mirror(settings.pair());
        return open(libc, settings, links, worker, daemon, isolation, mirror, List.of(), List.of(false, false));
    }

    /**
     * Opens both ports anew, with fresh rings, for interfaces that have taken the place of others or have another MTU. The pair
     * has been drained and closed; what it has counted is added to, and what the operator has suspended stays so.
     *
     * @param isolation of the new interfaces; closed if this fails
     */
    RunningPair reopen(List<Link> now, Isolation isolation, StartWorker worker, BridgeDaemon daemon) {
        List<Boolean> suspended = links.stream().map(PortLink::isSuspended).toList();
        return open(libc, settings, now, worker, daemon, isolation, mirror, last, suspended);
    }

    private static RunningPair open(
            Libc libc,
            Settings settings,
            List<Link> links,
            StartWorker worker,
            BridgeDaemon daemon,
            Isolation isolation,
            LinkMirror mirror,
            List<PortSnapshot> before,
            List<Boolean> suspended) {
        Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(isolation));
        try {
            Port first = open(libc, settings.first(), links.get(0), worker, daemon);
            opened.push(first);
            Port second = open(libc, settings.second(), links.get(1), worker, daemon);
            opened.push(second);
            Bridge bridge = new Bridge(first, second, settings.linkLocal(), LOG::warn, daemon::workerFailed);
            isolation.warn();
            List<PortLink> known = List.of(
                    new PortLink(settings.first().name(), Optional.of(links.get(0)), suspended.get(0)),
                    new PortLink(settings.second().name(), Optional.of(links.get(1)), suspended.get(1)));
            return new RunningPair(libc, settings, known, isolation, bridge, mirror, before);
        } catch (RuntimeException e) {
            close(opened, e);
            throw e;
        }
    }

    private static void close(Deque<AutoCloseable> opened, RuntimeException why) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                why.addSuppressed(e);
            }
        }
    }

    private static Port open(Libc libc, PortConfig port, Link link, StartWorker worker, BridgeDaemon daemon) {
        return PortOpener.open(
                new PortContext(libc, StartPolicy.of(port.start(), worker), daemon, LOG::warn), port, link);
    }

    Settings settings() {
        return settings;
    }

    void start() {
        if (bridge != null) {
            bridge.start();
        }
    }

    /** The port of this name, or null, also when it is not open. */
    Port port(String name) {
        for (int i = 0; i < links.size(); i++) {
            if (bridge != null && links.get(i).name().equals(name)) {
                return bridge.ports().get(i);
            }
        }
        return null;
    }

    boolean isLooped() {
        return bridge != null && bridge.isLooped();
    }

    List<Activity> activities() {
        return bridge == null ? List.of() : bridge.activities();
    }

    synchronized List<PortSnapshot> snapshot() {
        if (last != null) {
            return last;
        }
        List<PortSnapshot> now = bridge.snapshot();
        return before.isEmpty()
                ? now
                : List.of(now.get(0).plus(before.get(0)), now.get(1).plus(before.get(1)));
    }

    /** The interfaces under both ports. The controlling thread. */
    List<PortLink> links() {
        return links;
    }

    /** Whether its interfaces have been there at least once. */
    boolean wasOpen() {
        return bridge != null;
    }

    /** Whether the ports need to be opened anew before frames can flow again, and can be. */
    boolean needsFreshRings() {
        return links.stream().allMatch(link -> link.now().isPresent())
                && (isClosed() || links.stream().anyMatch(PortLink::needsFreshRings));
    }

    /**
     * As an operator asks; lasts until he asks otherwise.
     *
     * @return what the port is now
     */
    PortState suspend(String port, boolean wanted) {
        int i = links.get(0).name().equals(port) ? 0 : 1;
        links.get(i).suspend(wanted);
        follow();
        return snapshot().get(i).state();
    }

    /** Takes the one interface down when the other has lost its carrier, where that is asked for. */
    void mirror(Rtnetlink rtnetlink) {
        if (mirror != null) {
            mirror.look(links.stream().map(PortLink::now).toList(), rtnetlink::setUp);
        }
    }

    /** Nanoseconds until {@link #mirror} may have something to do; empty: not before something changes. */
    OptionalLong untilMirrorNs() {
        return mirror == null ? OptionalLong.empty() : mirror.untilNs();
    }

    /** Leaves no interface down that only the mirror has taken down. */
    void endMirror() {
        if (mirror == null) {
            return;
        }
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            links.forEach(link -> link.look(rtnetlink));
            mirror.end(links.stream().map(PortLink::now).toList(), rtnetlink::setUp);
        } catch (RuntimeException e) {
            LOG.warn(
                    "{}: an interface that mirror-link has taken down may stay so: {}",
                    settings.pair(),
                    e.getMessage());
        }
    }

    /** Makes the ports what their interfaces, and the operator, let them be. */
    void follow() {
        if (isClosed()) {
            showAbsent();
            return;
        }
        for (int i = 0; i < links.size(); i++) {
            PortLink link = links.get(i);
            Port port = bridge.ports().get(i);
            PortState before = port.state();
            PortState wanted = link.wanted();
            if (wanted == PortState.RUNNING) {
                port.resume();
            } else {
                port.pause(wanted);
            }
            if (port.state() != before) {
                LOG.info("{}: {}", link.name(), said(port.state()));
            }
        }
    }

    /** While it is closed there are no ports that have a state; but it is to be seen which interface is waited for. */
    private synchronized void showAbsent() {
        List<PortSnapshot> shown = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            boolean isThere = links.get(i).now().isPresent();
            shown.add(last.get(i).as(isThere ? PortState.STOPPED : PortState.ABSENT));
        }
        last = List.copyOf(shown);
    }

    private static String said(PortState state) {
        return switch (state) {
            case RUNNING -> "running";
            case SUSPENDED -> "suspended on request; what comes for it is dropped until it is resumed";
            case NO_CARRIER -> "no carrier; what comes for it is dropped until there is one";
            case DOWN -> "the interface was taken down; what comes for it is dropped until it is up";
            case ABSENT -> "the interface is gone; what comes for it is dropped until there is one of that name";
            default -> state.toString();
        };
    }

    /** The isolation goes by name: has it follow interfaces that were renamed. */
    void isolate(List<Link> now) {
        Isolation old = isolation;
        isolation = Isolation.open(libc, settings.host().isolateMode(), now);
        old.close();
    }

    /** Sends what was received, as far as time allows. Returns the name of a worker that does not end, or an empty string. */
    String drain(long timeoutMs) {
        return bridge.drain(timeoutMs);
    }

    /** Frames that no book knows of, or that only the workers know of, since the ports were opened. After {@link #drain}. */
    long unaccounted() {
        return Bridge.unaccounted(bridge.snapshot()) + bridge.unbooked();
    }

    /** Unmaps and closes; drains first if need be. */
    @Override
    public void close() {
        closeAndShow(List.of());
    }

    /** {@link #close}, with the counters kept for {@link #snapshot}. */
    void closeAndRemember() {
        closeAndShow(snapshot()); // they stay right, but for the sockets', which go
    }

    /** Whoever asks meanwhile does not wait: a close may hang in the kernel. */
    private void closeAndShow(List<PortSnapshot> shown) {
        synchronized (this) {
            if (last != null) {
                return;
            }
            last = shown;
        }
        try {
            bridge.close();
        } finally {
            isolation.close();
        }
    }

    synchronized boolean isClosed() {
        return last != null;
    }
}
