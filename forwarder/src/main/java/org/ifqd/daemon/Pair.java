package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.OnFailure;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.host.Isolation;
import org.ifqd.link.LinkMirror;
import org.ifqd.link.PortLink;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.port.Port;
import org.ifqd.port.PortState;
import org.ifqd.watchdog.Activity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two ports that are cross-connected, for as long as the configuration names them: open while both interfaces are
 * there.
 *
 * <p>Its counters go on when it is opened anew, and what an operator has suspended stays so.
 *
 * <p><b>Threading:</b> the controlling thread; {@link #snapshot}, {@link #port}, {@link #links}, {@link #activities}
 * and {@link #isLooped} from any. <b>Owns:</b> the open pair.
 */
final class Pair implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pair.class);

    private final PortOpener opener;
    private volatile PairSettings settings;
    private volatile List<PortLink> links;
    private Optional<LinkMirror> mirror;

    /** Empty: an interface is missing, or what was open has been closed. Written under the monitor. */
    private volatile Optional<OpenPair> open = Optional.empty();

    /**
     * The counters of all that was closed, with states as they are to be seen while nothing is open. Under the monitor.
     */
    private List<PortSnapshot> closed;

    private boolean wasOpen;

    /**
     * A pair that is not open yet.
     *
     * @param suspended ports that an operator has taken down, by name
     */
    Pair(PortOpener opener, PairSettings settings, Set<String> suspended) {
        this.opener = opener;
        this.settings = settings;
        this.mirror = mirror(settings.pair());
        this.links = settings.ports().stream()
                .map(port -> new PortLink(port.name(), Optional.empty(), suspended.contains(port.name())))
                .toList();
        this.closed = settings.ports().stream().map(Pair::nothing).toList();
    }

    private static PortSnapshot nothing(PortConfig port) {
        return PortSnapshot.none(
                port.name(), port.backend().toString(), port.options().queueCapacity());
    }

    private static Optional<LinkMirror> mirror(PairConfig pair) {
        return pair.mirrorLink()
                ? Optional.of(new LinkMirror(pair.first(), pair.second(), System::nanoTime))
                : Optional.empty();
    }

    private Libc libc() {
        return opener.libc();
    }

    /** The isolation that these interfaces are to have: opened before the ports are, or the host would hear frames. */
    Isolation isolation(List<Link> now) {
        return Isolation.open(libc(), settings.host().isolateMode(), now);
    }

    /**
     * Opens both ports, with fresh rings; no frame flows before {@link #start}.
     *
     * @param now the interfaces of the first and the second port
     * @param isolation of these interfaces; closed if this fails
     */
    void open(List<Link> now, Isolation isolation) {
        OpenPair opened = OpenPair.open(opener, settings, now, isolation);
        List<PortLink> fresh = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            PortLink old = links.get(i);
            fresh.add(new PortLink(old.name(), Optional.of(now.get(i)), old.isSuspended()));
        }
        synchronized (this) {
            links = List.copyOf(fresh);
            open = Optional.of(opened);
        }
        wasOpen = true;
    }

    /** On return frames flow, as far as interfaces and operator let them; closed if this fails. */
    void start() {
        try {
            open.ifPresent(pair -> pair.bridge().start());
            follow();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    PairSettings settings() {
        return settings;
    }

    /**
     * Takes on other settings for the same ports, while frames flow: none is lost by it.
     *
     * @throws RuntimeException why nothing has changed
     */
    void change(PairSettings next) {
        if (open.isPresent() && next.host().isolateMode() != settings.host().isolateMode()) {
            open.get().isolate(next.host().isolateMode(), present());
            open.get().warnOfIsolation();
        }
        if (next.pair().mirrorLink() != settings.pair().mirrorLink()) {
            endMirror();
            mirror = mirror(next.pair());
        }
        open.ifPresent(pair -> pair.bridge().policy(next.linkLocal()));
        settings = next;
    }

    /** The ports that an operator has taken down, by name. */
    Set<String> suspended() {
        return links.stream().filter(PortLink::isSuspended).map(PortLink::name).collect(Collectors.toSet());
    }

    /** The port of this name, or null, also when it is not open. */
    Port port(String name) {
        for (Port port : ports()) {
            if (port.name().equals(name)) {
                return port;
            }
        }
        return null;
    }

    private List<Port> ports() {
        return open.map(pair -> pair.bridge().ports()).orElse(List.of());
    }

    /**
     * Whether it is to be joined by a kernel bridge if ifqd dies: not one that an operator has interrupted, and not one
     * whose ports are connected with each other, where a bridge would send the same frames round for ever.
     */
    boolean failsOpen() {
        return settings.pair().onFailure() == OnFailure.KERNEL_BRIDGE
                && suspended().isEmpty()
                && !isLooped();
    }

    boolean isLooped() {
        return open.filter(pair -> pair.bridge().isLooped()).isPresent();
    }

    List<Activity> activities() {
        return open.map(pair -> pair.bridge().activities()).orElse(List.of());
    }

    /** The counters since the start, of both ports. */
    synchronized List<PortSnapshot> snapshot() {
        return open.map(pair -> pair.snapshot(closed)).orElse(closed);
    }

    /** The interfaces under both ports. */
    List<PortLink> links() {
        return links;
    }

    boolean isClosed() {
        return open.isEmpty();
    }

    /** Whether its interfaces have been there at least once. */
    boolean wasOpen() {
        return wasOpen;
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
        mirror.ifPresent(each -> each.look(links.stream().map(PortLink::now).toList(), rtnetlink::setUp));
    }

    /** Whether the mirror has set an interface down. */
    boolean hasLowered() {
        return mirror.filter(LinkMirror::hasLowered).isPresent();
    }

    /** Nanoseconds until {@link #mirror} may have something to do; empty: not before something changes. */
    OptionalLong untilMirrorNs() {
        return mirror.map(LinkMirror::untilNs).orElse(OptionalLong.empty());
    }

    /** Leaves no interface down that only the mirror has taken down. */
    void endMirror() {
        if (mirror.isEmpty()) {
            return;
        }
        try (Rtnetlink rtnetlink = new Rtnetlink(libc())) {
            links.forEach(link -> link.look(rtnetlink));
            mirror.get().end(links.stream().map(PortLink::now).toList(), rtnetlink::setUp);
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
            Port port = ports().get(i);
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
            shown.add(closed.get(i).as(isThere ? PortState.STOPPED : PortState.ABSENT));
        }
        closed = List.copyOf(shown);
    }

    /** The isolation goes by name: has it follow interfaces that were renamed. */
    void isolateByName() {
        List<Link> now = present();
        if (now.size() == links.size()) {
            open.ifPresent(pair -> pair.isolate(settings.host().isolateMode(), now));
        }
    }

    private List<Link> present() {
        return links.stream().map(PortLink::now).flatMap(Optional::stream).toList();
    }

    /**
     * Sends what was received, as far as time allows. Returns the name of a worker that does not end, or an empty
     * string.
     */
    String drain(long timeoutMs) {
        return open.orElseThrow().bridge().drain(timeoutMs);
    }

    /**
     * Frames that no book knows of, or that only the workers know of, since the ports were opened. After {@link
     * #drain}.
     */
    long unaccounted() {
        Bridge bridge = open.orElseThrow().bridge();
        return Bridge.unaccounted(bridge.snapshot()) + bridge.unbooked();
    }

    /** Unmaps and closes; drains first if need be. The counters stay right, but for the sockets', which go. */
    @Override
    public void close() {
        Optional<OpenPair> closing;
        synchronized (this) { // whoever asks for the counters meanwhile does not wait: a close may hang in the kernel
            closed = snapshot();
            closing = open;
            open = Optional.empty();
        }
        closing.ifPresent(OpenPair::close);
    }
}
