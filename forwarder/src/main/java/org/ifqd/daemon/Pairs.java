package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.host.FailOpen;
import org.ifqd.host.HostUse;
import org.ifqd.host.Isolation;
import org.ifqd.host.OffloadCheck;
import org.ifqd.host.OffloadFixes;
import org.ifqd.host.Preflight;
import org.ifqd.link.PortLink;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.port.Port;
import org.ifqd.port.PortState;
import org.ifqd.service.Supervised;
import org.ifqd.watchdog.Activity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pairs of a daemon, and how they change when its configuration does.
 *
 * <p><b>Threading:</b> the controlling thread; {@link #snapshot}, {@link #activities} and {@link #isLooped} from any.
 * <b>Owns:</b> the pairs.
 */
final class Pairs implements Supervised, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pairs.class);

    private final Libc libc;
    private final PortOpener opener;
    private final DaemonEvents daemon;
    private final FailOpen failOpen;
    private final OffloadFixes offloads;

    /** Of the interfaces that were looked at when frames flowed. */
    private final Set<Integer> lookedAt = new HashSet<>();

    private volatile List<Pair> running = List.of();

    private final PairDrain ends;

    Pairs(PortOpener opener, FailOpen failOpen, OffloadFixes offloads) {
        this.opener = opener;
        this.libc = opener.libc();
        this.daemon = opener.daemon();
        this.ends = new PairDrain(daemon);
        this.failOpen = failOpen;
        this.offloads = offloads;
    }

    List<Pair> running() {
        return running;
    }

    /**
     * Makes the pairs what the configuration says. Those whose settings are the same are not touched, those with the
     * same ports are changed while frames flow; of the others, ports that an operator has taken down stay down. What
     * can be known to fail is looked at before anything is changed; if the new ones cannot be opened all the same, the
     * old ones are opened again, with counters from 0.
     *
     * @return what was changed, a line each
     * @throws RuntimeException why nothing has changed
     */
    List<String> apply(DaemonConfig next) {
        List<PairSettings> coming = new ArrayList<>(PairSettings.of(next));
        Map<Pair, PairSettings> changing = new LinkedHashMap<>();
        List<Pair> leaving = new ArrayList<>();
        for (Pair pair : running) {
            Optional<PairSettings> wanted =
                    coming.stream().filter(pair.settings()::hasPortsOf).findFirst();
            wanted.ifPresentOrElse(settings -> changing.put(pair, settings), () -> leaving.add(pair));
            wanted.ifPresent(coming::remove);
        }
        changing.entrySet().removeIf(each -> each.getKey().settings().equals(each.getValue()));
        preflight(next, coming, leaving, changing);
        Set<String> suspended =
                running.stream().flatMap(pair -> pair.suspended().stream()).collect(Collectors.toSet());
        Map<Pair, PairSettings> before = new LinkedHashMap<>();
        changing.keySet().forEach(pair -> before.put(pair, pair.settings()));
        List<String> changes = new ArrayList<>();
        boolean isLeft = false;
        try {
            changing.forEach(Pair::change);
            changing.values().forEach(settings -> changes.add("changed " + settings.pair()));
            leaving.forEach(Pair::endMirror);
            ends.end(leaving);
            isLeft = true;
            running = running.stream().filter(each -> !leaving.contains(each)).toList();
            leaving.forEach(pair -> changes.add("removed " + pair.settings().pair()));
            for (Pair pair : openAll(coming, suspended)) {
                add(pair);
                changes.add("added " + pair.settings().pair());
            }
            return changes;
        } catch (RuntimeException e) {
            before.forEach((pair, settings) -> restore(e, () -> pair.change(settings)));
            if (isLeft) {
                List<PairSettings> left = leaving.stream().map(Pair::settings).toList();
                restore(e, () -> openAll(left, suspended).forEach(this::add));
            }
            throw e;
        } finally {
            offloads.retain(indexes());
        }
    }

    /** Looks at all that can be known beforehand. */
    private void preflight(
            DaemonConfig next, List<PairSettings> coming, List<Pair> leaving, Map<Pair, PairSettings> changing) {
        // an interface that is down for the sake of a mirror is set up before its pair goes: nothing to complain of
        Set<String> lowered = leaving.stream()
                .filter(Pair::hasLowered)
                .flatMap(pair -> pair.links().stream())
                .map(PortLink::name)
                .collect(Collectors.toSet());
        List<PairSettings> looked = coming.stream()
                .map(each ->
                        each.ports().stream().anyMatch(port -> lowered.contains(port.name())) ? each.raised() : each)
                .toList();
        Preflight.all(libc, next, looked).forEach(LOG::warn);
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            changing.forEach((pair, settings) -> {
                List<Link> now = pair.links().stream()
                        .map(PortLink::now)
                        .flatMap(Optional::stream)
                        .toList();
                HostUse.refuse(rtnetlink, settings.host(), now);
            });
        }
    }

    private static void restore(RuntimeException why, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
            LOG.error("what was there before cannot be had again either: {}", e.getMessage());
        }
    }

    /** Of the interfaces that are, or were last, under the ports. */
    private Set<Integer> indexes() {
        Set<Integer> indexes = new HashSet<>();
        for (PortLink link : links()) {
            indexes.add(link.openedIndex());
            link.now().ifPresent(now -> indexes.add(now.index()));
        }
        return indexes;
    }

    private void add(Pair pair) {
        List<Pair> all = new ArrayList<>(running);
        all.add(pair);
        running = List.copyOf(all);
    }

    /** Has those pairs joined that want it, should ifqd die from now on. */
    void keepFailOpen() {
        failOpen.keep(running.stream()
                .filter(Pair::failsOpen)
                .map(pair -> pair.links().stream().map(PortLink::currentName).toList())
                .toList());
    }

    /** ifqd was asked to stop: nothing is to pass afterwards. */
    void endFailOpen() {
        failOpen.end();
    }

    /** The interfaces under all ports. */
    List<PortLink> links() {
        return running.stream().flatMap(pair -> pair.links().stream()).toList();
    }

    /** Opens and starts all or none. */
    private List<Pair> openAll(List<PairSettings> coming, Set<String> suspended) {
        List<Pair> opened = new ArrayList<>();
        try {
            for (PairSettings settings : coming) {
                daemon.step(settings);
                opened.add(open(settings, suspended));
            }
            for (Pair pair : opened) {
                daemon.step(pair.settings());
                pair.start();
            }
            return opened;
        } catch (RuntimeException e) {
            opened.forEach(Pair::close);
            throw e;
        }
    }

    private Pair open(PairSettings settings, Set<String> suspended) {
        Pair pair = new Pair(opener, settings, suspended);
        List<Link> links = Preflight.present(libc, settings);
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            links = failOpen.takeOver(rtnetlink, settings, links);
        }
        Preflight.raise(libc, settings, links);
        if (links.size() < settings.ports().size()) {
            LOG.info("{}: waits for its interfaces; there {}", settings.pair(), there(links));
            return pair;
        }
        Preflight.warnings(links).forEach(LOG::warn);
        fixOffloads(settings, links);
        pair.open(links, pair.isolation(links));
        return pair;
    }

    private void fixOffloads(PairSettings settings, List<Link> links) {
        offloads.apply(settings.first(), links.get(0));
        offloads.apply(settings.second(), links.get(1));
    }

    /** Warns of what the start did not wait for: harmful offloads of interfaces that were not looked at before. */
    void warnOfOffloads() {
        Map<PortConfig, String> fresh = new LinkedHashMap<>();
        for (Pair pair : running) {
            for (int i = 0; i < pair.links().size(); i++) {
                PortConfig port = pair.settings().ports().get(i);
                Optional<Link> link = pair.links().get(i).now();
                if (link.isPresent()
                        && OffloadCheck.isDueLater(port, link.get())
                        && lookedAt.add(link.get().index())) {
                    fresh.put(port, link.get().name());
                }
            }
        }
        OffloadCheck.check(fresh).forEach(LOG::warn);
    }

    private static String there(List<Link> links) {
        return links.isEmpty() ? "is none" : "is " + links.getFirst().name();
    }

    /**
     * Closes a pair and opens it again on the interfaces that are there now.
     *
     * @throws RuntimeException why it is closed and stays so
     */
    void reopen(Pair pair) {
        List<Link> now =
                pair.links().stream().map(link -> link.now().orElseThrow()).toList();
        Preflight.refuseOthers(libc, pair.settings(), now);
        // the new one before the old one goes: the host is not to hear a single frame
        Isolation isolation = pair.isolation(now);
        try {
            ends.end(List.of(pair));
            daemon.step(pair.settings());
            OffloadCheck.beforeOpening(pair.settings(), now);
            fixOffloads(pair.settings(), now);
        } catch (RuntimeException e) {
            isolation.close();
            throw e;
        }
        pair.open(now, isolation);
        pair.start();
        offloads.retain(indexes());
    }

    /**
     * Drains and closes all that are open.
     *
     * @return the name of a worker that does not end, so that its rings stay mapped; or an empty string
     */
    String end() {
        running.forEach(Pair::endMirror);
        try {
            ends.end(running);
            return "";
        } catch (IllegalStateException e) {
            if (ends.stuck().isEmpty()) {
                throw e;
            }
            return ends.stuck();
        }
    }

    /** Frames that no book knows of, of all pairs that have ended. */
    long lost() {
        return ends.lost();
    }

    /** The port of this name, or null, also while it is not open. Any thread. */
    Port find(String name) {
        for (Pair pair : running) {
            Port port = pair.port(name);
            if (port != null) {
                return port;
            }
        }
        return null;
    }

    /**
     * Takes a port down, or lets it be up again, as an operator asks; it need not be open.
     *
     * @return what it is now
     * @throws ConfigException when there is none of this name
     */
    PortState suspend(String port, boolean wanted) {
        for (Pair pair : running) {
            if (pair.settings().ports().stream().anyMatch(each -> each.name().equals(port))) {
                return pair.suspend(port, wanted);
            }
        }
        throw new ConfigException("no port '" + port + "'; there are: "
                + running.stream()
                        .flatMap(pair -> pair.settings().ports().stream())
                        .map(PortConfig::name)
                        .collect(Collectors.joining(", ")));
    }

    @Override
    public String name() {
        return running.stream().map(pair -> pair.settings().pair().toString()).collect(Collectors.joining(", "));
    }

    @Override
    public List<Activity> activities() {
        return running.stream().flatMap(pair -> pair.activities().stream()).toList();
    }

    @Override
    public List<PortSnapshot> snapshot() {
        return running.stream().flatMap(pair -> pair.snapshot().stream()).toList();
    }

    boolean isLooped() {
        return running.stream().anyMatch(Pair::isLooped);
    }

    @Override
    public void close() {
        for (Pair pair : running) {
            pair.endMirror();
            if (!ends.isStuck(pair)) {
                pair.close();
            }
        }
    }
}
