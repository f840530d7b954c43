package org.ifqd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.ifqd.bridge.LinkLocalPolicy;

/**
 * All that a daemon is told, by {@code ifqd bridge} on the command line or by {@code ifqd run} in a file.
 *
 * @param ports each port of every pair, once
 * @param pairs which ports are cross-connected; no port is in two
 * @param linkLocal which protocols between neighbours may pass
 * @param host what the host may have to do with the ports
 * @param controlSocket where the control socket is, and who may open it
 * @param metrics where Prometheus may ask for the counters; empty: nowhere
 * @param logLevel which lines are logged
 * @param watchdogSeconds after which a process in which something hangs is ended; 0: never
 */
public record DaemonConfig(
        List<PortConfig> ports,
        List<PairConfig> pairs,
        LinkLocalPolicy linkLocal,
        HostPolicy host,
        ControlSocket controlSocket,
        Optional<ListenAddress> metrics,
        LogLevel logLevel,
        int watchdogSeconds) {
    /** Where the control socket is unless told otherwise. */
    public static final String DEFAULT_CONTROL = "/run/ifqd/control.sock";

    /** Less than the systemd units' WatchdogSec=20: whoever ends a process with a message is to come first. */
    public static final int DEFAULT_WATCHDOG_SECONDS = 15;

    public static final int LEAST_WATCHDOG_SECONDS = 3;
    public static final int MOST_WATCHDOG_SECONDS = 3600;

    public DaemonConfig {
        ports = List.copyOf(ports);
        pairs = List.copyOf(pairs);
    }

    /** Path of the control socket. */
    public Path control() {
        return controlSocket.path();
    }

    /** The same with the control socket elsewhere. */
    public DaemonConfig withControl(Path path) {
        ControlSocket moved = new ControlSocket(path, controlSocket.mode());
        return new DaemonConfig(ports, pairs, linkLocal, host, moved, metrics, logLevel, watchdogSeconds);
    }

    /** {@link #watchdogSeconds} in nanoseconds. */
    public long watchdogNs() {
        return TimeUnit.SECONDS.toNanos(watchdogSeconds);
    }

    /**
     * Passes a good number of seconds on.
     *
     * @throws IllegalArgumentException with the reason and the mend
     */
    public static int checkedWatchdog(int seconds) {
        if (seconds != 0 && (seconds < LEAST_WATCHDOG_SECONDS || seconds > MOST_WATCHDOG_SECONDS)) {
            throw new IllegalArgumentException(
                    "%d is out of range; write a number of seconds from %d to %d, or 0 for never"
                            .formatted(seconds, LEAST_WATCHDOG_SECONDS, MOST_WATCHDOG_SECONDS));
        }
        return seconds;
    }

    /** @throws IllegalArgumentException when there is none of this name */
    public PortConfig port(String name) {
        for (PortConfig port : ports) {
            if (port.name().equals(name)) {
                return port;
            }
        }
        throw new IllegalArgumentException("no port " + name);
    }

    /** Whether one of the ports is opened over AF_XDP. */
    public boolean usesXdp() {
        return ports.stream().anyMatch(PortConfig::usesXdp);
    }
}
