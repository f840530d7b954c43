package org.ifqd.config;

import java.util.List;
import org.ifqd.bridge.LinkLocalPolicy;

/**
 * All that a pair depends on: as long as it is equal, a reload does nothing to the pair.
 *
 * @param first settings of the port that is named first
 */
public record PairSettings(
        PairConfig pair, PortConfig first, PortConfig second, LinkLocalPolicy linkLocal, HostPolicy host) {

    /** The settings of all pairs, in the configuration's order. */
    public static List<PairSettings> of(DaemonConfig config) {
        return config.pairs().stream()
                .map(pair -> new PairSettings(
                        pair, config.port(pair.first()), config.port(pair.second()), config.linkLocal(), config.host()))
                .toList();
    }

    /** Both ports. */
    public List<PortConfig> ports() {
        return List.of(first, second);
    }

    /** The same, for interfaces that are set up before they are opened. */
    public PairSettings raised() {
        PairConfig raised = new PairConfig(pair.first(), pair.second(), true, pair.waits(), pair.onFailure());
        return new PairSettings(raised, first, second, linkLocal, host);
    }

    /** Whether the ports can stay open as they are; what else differs is changed while frames flow. */
    public boolean hasPortsOf(PairSettings other) {
        return first.equals(other.first) && second.equals(other.second);
    }
}
