package org.ifqd.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
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
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
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

    private final Settings settings;
    private final Isolation isolation;
    private final Bridge bridge;

    /** The counters as they were when the ports were closed; null before. */
    private List<PortSnapshot> last;

    private RunningPair(Settings settings, Isolation isolation, Bridge bridge) {
        this.settings = settings;
        this.isolation = isolation;
        this.bridge = bridge;
    }

    /**
     * Opens both ports; no frame flows before {@link #start}.
     *
     * @param links of the first and the second port
     * @param daemon told of what fails
     */
    static RunningPair open(Libc libc, Settings settings, List<Link> links, StartWorker worker, BridgeDaemon daemon) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            Isolation isolation = Isolation.open(libc, settings.host().isolateMode(), links);
            opened.push(isolation);
            Port first = open(libc, settings.first(), links.get(0), worker, daemon);
            opened.push(first);
            Port second = open(libc, settings.second(), links.get(1), worker, daemon);
            opened.push(second);
            Bridge bridge = new Bridge(first, second, settings.linkLocal(), LOG::warn, daemon::workerFailed);
            isolation.warn();
            return new RunningPair(settings, isolation, bridge);
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
        bridge.start();
    }

    /** The port of this name, or null. */
    Port port(String name) {
        return bridge.port(name);
    }

    boolean isLooped() {
        return bridge.isLooped();
    }

    List<Activity> activities() {
        return bridge.activities();
    }

    synchronized List<PortSnapshot> snapshot() {
        return last != null ? last : bridge.snapshot();
    }

    /** Sends what was received, as far as time allows. Returns the name of a worker that does not end, or an empty string. */
    String drain(long timeoutMs) {
        return bridge.drain(timeoutMs);
    }

    /** Frames that no book knows of, or that only the workers know of. After {@link #drain}. */
    long unaccounted() {
        return Bridge.unaccounted(snapshot()) + bridge.unbooked();
    }

    /** Unmaps and closes; drains first if need be. */
    @Override
    public synchronized void close() {
        if (last == null) {
            try (isolation) {
                bridge.close(); // its counters are still right, but for the sockets', which are gone
            } finally {
                last = List.of();
            }
        }
    }

    synchronized boolean isClosed() {
        return last != null;
    }

    /** {@link #close}, with the counters kept for {@link #snapshot}. */
    synchronized void closeAndRemember() {
        List<PortSnapshot> now = snapshot();
        close();
        last = now;
    }
}
