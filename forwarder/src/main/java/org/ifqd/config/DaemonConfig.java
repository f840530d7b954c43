package org.ifqd.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ifqd.bridge.LinkLocalPolicy;

/**
 * All that a daemon is told, by {@code ifqd bridge} on the command line or by {@code ifqd run} in a file.
 *
 * @param ports each port of every pair, once
 * @param pairs which ports are cross-connected; no port is in two
 * @param linkLocal which protocols between neighbours may pass
 * @param host what the host may have to do with the ports
 * @param control path of the control socket
 * @param metrics where Prometheus may ask for the counters; empty: nowhere
 * @param logLevel which lines are logged
 */
public record DaemonConfig(
        List<PortConfig> ports,
        List<PairConfig> pairs,
        LinkLocalPolicy linkLocal,
        HostPolicy host,
        Path control,
        Optional<ListenAddress> metrics,
        LogLevel logLevel) {
    /** Where the control socket is unless told otherwise. */
    public static final String DEFAULT_CONTROL = "/run/ifqd/control.sock";

    public DaemonConfig {
        ports = List.copyOf(ports);
        pairs = List.copyOf(pairs);
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
}
