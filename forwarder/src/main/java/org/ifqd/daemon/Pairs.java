package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.port.Port;
import org.ifqd.port.PortState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pairs of a daemon, and how they change when its configuration does.
 *
 * <p><b>Threading:</b> the controlling thread; {@link #snapshot}, {@link #activities} and {@link #isLooped} from any. <b>Owns:</b> the pairs.
 */
final class Pairs implements Supervised, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pairs.class);

    private final Libc libc;
    private final StartWorker worker;
    private final BridgeDaemon daemon;
    private final OffloadFixes offloads;

    /** Of the interfaces that were looked at when frames flowed. */
    private final Set<Integer> lookedAt = new HashSet<>();

    private volatile List<RunningPair> running = List.of();

    /** Frames of pairs that are gone which no book knew of: 0, or a defect. */
    private long lost;

    /** A worker does not end: what it may read must stay mapped. */
    private boolean isStuck;

    Pairs(Libc libc, StartWorker worker, BridgeDaemon daemon, OffloadFixes offloads) {
        this.libc = libc;
        this.worker = worker;
        this.daemon = daemon;
        this.offloads = offloads;
    }

    List<RunningPair> running() {
        return running;
    }

    /**
     * Makes the pairs what the configuration says. Those whose settings are the same are not touched. What can be known to
     * fail is looked at before anything is closed; if the new ones cannot be opened all the same, the old ones are opened again,
     * with counters from 0.
     *
     * @return what was changed, a line each
     * @throws RuntimeException why nothing has changed
     */
    List<String> apply(DaemonConfig next) {
        List<RunningPair.Settings> wanted = RunningPair.Settings.of(next);
        List<RunningPair> staying = new ArrayList<>();
        List<RunningPair> leaving = new ArrayList<>();
        for (RunningPair pair : running) {
            (wanted.contains(pair.settings()) ? staying : leaving).add(pair);
        }
        List<RunningPair.Settings> coming = new ArrayList<>(wanted);
        staying.forEach(pair -> coming.remove(pair.settings()));
        Preflight.all(libc, next, coming).forEach(LOG::warn);
        List<String> changes = new ArrayList<>();
        for (RunningPair pair : leaving) {
            pair.endMirror();
            end(pair);
            running = running.stream().filter(each -> each != pair).toList();
            changes.add("removed " + pair.settings().pair());
        }
        try {
            for (RunningPair pair : openAll(coming)) {
                add(pair);
                changes.add("added " + pair.settings().pair());
            }
            return changes;
        } catch (RuntimeException e) {
            restore(leaving, e);
            throw e;
        } finally {
            offloads.retain(indexes());
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

    private void add(RunningPair pair) {
        List<RunningPair> all = new ArrayList<>(running);
        all.add(pair);
        running = List.copyOf(all);
    }

    private void replace(RunningPair old, RunningPair fresh) {
        running = running.stream().map(each -> each == old ? fresh : each).toList();
    }

    /** The interfaces under all ports. */
    List<PortLink> links() {
        return running.stream().flatMap(pair -> pair.links().stream()).toList();
    }

    private void restore(List<RunningPair> left, RuntimeException why) {
        try {
            openAll(left.stream().map(RunningPair::settings).toList()).forEach(this::add);
        } catch (RuntimeException e) {
            why.addSuppressed(e);
            LOG.error("what was there before cannot be opened again either: {}", e.getMessage());
        }
    }

    /** Opens and starts all or none. */
    private List<RunningPair> openAll(List<RunningPair.Settings> coming) {
        List<RunningPair> opened = new ArrayList<>();
        try {
            for (RunningPair.Settings settings : coming) {
                opened.add(open(settings));
            }
            opened.forEach(RunningPair::start);
            return opened;
        } catch (RuntimeException e) {
            opened.forEach(RunningPair::close);
            throw e;
        }
    }

    private RunningPair open(RunningPair.Settings settings) {
        List<Link> links = Preflight.present(libc, settings);
        Preflight.raise(libc, settings, links);
        if (links.size() < settings.ports().size()) {
            LOG.info("{}: waits for its interfaces; there {}", settings.pair(), there(links));
            return RunningPair.waiting(libc, settings);
        }
        Preflight.warnings(links).forEach(LOG::warn);
        fixOffloads(settings, links);
        return RunningPair.open(libc, settings, links, worker, daemon);
    }

    private static void checkOffloads(RunningPair.Settings settings, List<Link> links) {
        Map<PortConfig, String> asked = new LinkedHashMap<>();
        for (int i = 0; i < links.size(); i++) {
            if (OffloadCheck.isNeededFirst(settings.ports().get(i))) {
                asked.put(settings.ports().get(i), links.get(i).name());
            }
        }
        OffloadCheck.check(asked);
    }

    private void fixOffloads(RunningPair.Settings settings, List<Link> links) {
        offloads.apply(settings.first(), links.get(0));
        offloads.apply(settings.second(), links.get(1));
    }

    /** Warns of what the start did not wait for: harmful offloads of interfaces that were not looked at before. */
    void warnOfOffloads() {
        Map<PortConfig, String> fresh = new LinkedHashMap<>();
        for (RunningPair pair : running) {
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

    private void end(RunningPair pair) {
        if (pair.isClosed()) {
            return;
        }
        String stuck = pair.drain(BridgeDaemon.DRAIN_MS);
        if (!stuck.isEmpty()) {
            throw new IllegalStateException(stuck + " did not end within " + BridgeDaemon.DRAIN_MS + " ms; "
                    + pair.settings().pair() + " has stopped, restart ifqd");
        }
        long unaccounted = pair.unaccounted();
        if (unaccounted != 0) {
            LOG.error("{}: {} frames are unaccounted for", pair.settings().pair(), unaccounted);
        }
        lost += unaccounted;
        pair.closeAndRemember();
    }

    /**
     * Closes a pair and opens it again on the interfaces that are there now.
     *
     * @throws RuntimeException why it is closed and stays so
     */
    RunningPair reopen(RunningPair pair) {
        List<Link> now =
                pair.links().stream().map(link -> link.now().orElseThrow()).toList();
        Preflight.refuseOthers(libc, pair.settings(), now);
        // the new one before the old one goes: the host is not to hear a single frame
        Isolation isolation = Isolation.open(libc, pair.settings().host().isolateMode(), now);
        try {
            end(pair);
        } catch (RuntimeException e) {
            isolation.close();
            throw e;
        }
        RunningPair fresh = reopen(pair, now, isolation);
        try {
            fresh.start();
        } catch (RuntimeException e) {
            fresh.close();
            throw e;
        }
        replace(pair, fresh);
        offloads.retain(indexes());
        return fresh;
    }

    /** @param isolation closed if this fails */
    private RunningPair reopen(RunningPair pair, List<Link> now, Isolation isolation) {
        try {
            checkOffloads(pair.settings(), now);
            fixOffloads(pair.settings(), now);
        } catch (RuntimeException e) {
            isolation.close();
            throw e;
        }
        return pair.reopen(now, isolation, worker, daemon);
    }

    /**
     * Drains and closes all.
     *
     * @return the name of a worker that does not end, so that its rings stay mapped; or an empty string
     */
    String end() {
        for (RunningPair pair : running) {
            pair.endMirror();
            if (!pair.isClosed()) {
                String stuck = pair.drain(BridgeDaemon.DRAIN_MS);
                if (!stuck.isEmpty()) {
                    isStuck = true;
                    lost += Bridge.unaccounted(pair.snapshot());
                    return stuck;
                }
                lost += pair.unaccounted();
                pair.closeAndRemember();
            }
        }
        return "";
    }

    /** Frames that no book knows of, of all pairs that have ended. */
    long lost() {
        return lost;
    }

    /** The port of this name, or null, also while it is not open. Any thread. */
    Port find(String name) {
        for (RunningPair pair : running) {
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
        for (RunningPair pair : running) {
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
        return running.stream().anyMatch(RunningPair::isLooped);
    }

    @Override
    public void close() {
        if (!isStuck) {
            running.forEach(RunningPair::close);
        }
    }
}
