package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.port.Port;
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

    /** All that a pair depends on: as long as it is equal, a reload does nothing to the pair. */
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

        /** The same, for interfaces that are set up before they are opened. */
        Settings raised() {
            PairConfig raised = new PairConfig(pair.first(), pair.second(), true, pair.waits(), pair.onFailure());
            return new Settings(raised, first, second, linkLocal, host);
        }

        /** Whether the ports can stay open as they are; what else differs is changed while frames flow. */
        boolean hasPortsOf(Settings other) {
            return first.equals(other.first) && second.equals(other.second);
        }
    }

    private final Libc libc;
    private final List<PortLink> links;

    /** Null: the interfaces have not been there yet. */
    private final Bridge bridge;

    /** What the pair had done before its ports were opened anew; empty for nothing. */
    private final List<PortSnapshot> before;

    private volatile Settings settings;

    /** Null: not asked for. */
    private LinkMirror mirror;

    /** Null: the ports have never been open. */
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

    /**
     * A pair that waits for interfaces that are not there yet.
     *
     * @param suspended ports that an operator has taken down, by name
     */
    static RunningPair waiting(Libc libc, Settings settings, Set<String> suspended) {
        List<PortLink> links = settings.ports().stream()
                .map(port -> new PortLink(port.name(), Optional.empty(), suspended.contains(port.name())))
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
     * @param suspended ports that an operator has taken down, by name
     * @param daemon told of what fails
     */
    static RunningPair open(
            Libc libc,
            Settings settings,
            List<Link> links,
            Set<String> suspended,
            StartWorker worker,
            BridgeDaemon daemon) {
        Isolation isolation = Isolation.open(libc, settings.host().isolateMode(), links);
        LinkMirror mirror = mirror(settings.pair());
        return open(libc, settings, links, worker, daemon, isolation, mirror, List.of(), suspended);
    }

    /**
     * Opens both ports anew, with fresh rings, for interfaces that have taken the place of others or have another MTU. The pair
     * has been drained and closed; what it has counted is added to, and what the operator has suspended stays so.
     *
     * @param isolation of the new interfaces; closed if this fails
     */
    RunningPair reopen(List<Link> now, Isolation isolation, StartWorker worker, BridgeDaemon daemon) {
        return open(libc, settings, now, worker, daemon, isolation, mirror, last, suspended());
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
            Set<String> suspended) {
        Bridge bridge;
        try {
            List<Port> ports = PortOpener.both(libc, settings, links, worker, daemon);
            bridge = new Bridge(
                    ports.get(0), ports.get(1), settings.linkLocal(), daemon::loopChanged, daemon::workerFailed);
        } catch (RuntimeException e) {
            isolation.close();
            throw e;
        }
        isolation.warn();
        List<PortLink> known = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            String name = settings.ports().get(i).name();
            known.add(new PortLink(name, Optional.of(links.get(i)), suspended.contains(name)));
        }
        return new RunningPair(libc, settings, List.copyOf(known), isolation, bridge, mirror, before);
    }

    Settings settings() {
        return settings;
    }

    /** On return frames flow, as far as interfaces and operator let them. */
    void start() {
        if (bridge != null) {
            bridge.start();
            follow();
        }
    }

    /**
     * Takes on other settings for the same ports, while frames flow: none is lost by it.
     *
     * @throws RuntimeException why nothing has changed
     */
    void change(Settings next) {
        if (isolation != null
                && !isClosed()
                && next.host().isolateMode() != settings.host().isolateMode()) {
            isolation = isolation.follow(libc, next.host().isolateMode(), present());
            isolation.warn();
        }
        if (next.pair().mirrorLink() != settings.pair().mirrorLink()) {
            endMirror();
            mirror = mirror(next.pair());
        }
        if (bridge != null) {
            bridge.policy(next.linkLocal());
        }
        settings = next;
    }

    /** The ports that an operator has taken down, by name. */
    Set<String> suspended() {
        return links.stream().filter(PortLink::isSuspended).map(PortLink::name).collect(Collectors.toSet());
    }

    /** Whether the mirror has set an interface down. */
    boolean hasLowered() {
        return mirror != null && mirror.hasLowered();
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
                LOG.info("{}: {}", link.name(), PortLink.said(port.state()));
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

    /** The isolation goes by name: has it follow interfaces that were renamed. */
    void isolateByName() {
        List<Link> now = present();
        if (now.size() == links.size()) {
            isolation = isolation.follow(libc, settings.host().isolateMode(), now);
        }
    }

    private List<Link> present() {
        return links.stream().map(PortLink::now).flatMap(Optional::stream).toList();
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
