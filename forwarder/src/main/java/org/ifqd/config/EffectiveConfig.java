package org.ifqd.config;

import java.util.stream.Collectors;
import org.ifqd.bridge.LinkLocalClass;

/**
 * A configuration as a file that says everything, defaults too, and that {@link ConfigFile} reads as the same again.
 */
public final class EffectiveConfig {
    private EffectiveConfig() {}

    public static String toToml(DaemonConfig config) {
        StringBuilder out = new StringBuilder();
        for (PairConfig pair : config.pairs()) {
            out.append("[[bridge]]\nports = [\"%s\", \"%s\"]\nmirror-link = %s\nwait = %s\non-failure = \"%s\"\n\n"
                    .formatted(pair.first(), pair.second(), pair.mirrorLink(), pair.waits(), pair.onFailure()));
        }
        config.ports().forEach(port -> port(out, port));
        out.append("[link-local]\n");
        for (LinkLocalClass each : LinkLocalClass.values()) {
            boolean dropped = config.linkLocal().dropped().contains(each);
            out.append("\"%s\" = \"%s\"\n".formatted(each, dropped ? "drop" : "pass"));
        }
        out.append("\n[host]\nisolate = \"%s\"\nallow = %s\nscheduling = \"%s\"\n\n"
                .formatted(
                        config.host().isolate(),
                        config.host().allowUse(),
                        config.host().scheduling()));
        out.append("[control]\npath = \"%s\"\nmode = \"%04o\"\n\n"
                .formatted(config.control(), config.controlSocket().mode()));
        config.metrics().ifPresent(address -> out.append("[metrics]\nlisten = \"%s\"\n\n".formatted(address)));
        out.append("[watchdog]\nseconds = %d\n\n".formatted(config.watchdogSeconds()));
        return out.append("[log]\nlevel = \"%s\"\n".formatted(config.logLevel()))
                .toString();
    }

    private static void port(StringBuilder out, PortConfig port) {
        String cpus = port.options().cpus().stream().map(String::valueOf).collect(Collectors.joining(", "));
        out.append("""
                [port."%s"]
                backend = "%s"
                workers = %d
                cpus = [%s]
                busy-poll = %s
                rx-ring = "%d"
                tx-ring = %d
                queue = %d
                start = "%s"
                qdisc = "%s"
                max-age = "%dms"
                filter = "%s"
                offloads = "%s"
                zero-copy = "%s"
                channels = "%s"

                """.formatted(
                        port.name(),
                        port.backend(),
                        port.options().workers(),
                        cpus,
                        port.options().busyPoll(),
                        port.options().rxRingBytes(),
                        port.options().txSlots(),
                        port.options().queueCapacity(),
                        port.start(),
                        port.options().qdisc(),
                        port.options().maxAgeMs(),
                        port.filter().replace("\\", "\\\\").replace("\"", "\\\""),
                        port.offloads(),
                        port.zeroCopy(),
                        port.channels()));
    }
}
