package org.ifqd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ifqd.check.Check;
import org.ifqd.check.Finding;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.control.StatsJson;
import org.ifqd.link.PortLink;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.log.LogTail;
import org.ifqd.metrics.LivePage;

/**
 * The account that a running daemon gives of itself: the counters, with version, start and pairs; the same for
 * {@code ifqd stats} and the live page.
 *
 * <p><b>Threading:</b> any thread.
 */
final class LiveStats {
    /** Findings on what this process has itself, its socket and port: a second start would find them in use. */
    private static final Set<String> OWN = Set.of("control", "metrics");

    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final long startedNs = System.nanoTime();
    private final Pairs pairs;

    LiveStats(Pairs pairs) {
        this.pairs = pairs;
    }

    /** @param buckets whether latency gets its buckets */
    Map<String, Object> stats(boolean buckets) {
        Map<String, Object> all = StatsJson.of(pairs.snapshot(), pairs.isLooped(), buckets);
        String version = LiveStats.class.getPackage().getImplementationVersion();
        all.put("version", version == null ? "(not packaged)" : version);
        all.put("started", started.toString());
        all.put("uptimeSeconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNs));
        all.put("pairs", pairs.running().stream().map(LiveStats::pair).toList());
        return all;
    }

    /** For people, with what {@code ifqd check} finds for the configuration of that moment. */
    LivePage page(Libc libc, Supplier<DaemonConfig> config) {
        return new LivePage(this::page, () -> check(libc, config.get()));
    }

    /**
     * The values that the live page shows: counters, when they were read ({@code atMs}, of a monotonic clock), and log.
     */
    private Map<String, Object> page() {
        Map<String, Object> all = stats(true);
        all.put("atMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        all.put("log", LogTail.ofProcess());
        return all;
    }

    /** The findings of {@code ifqd check}, now. */
    private static Map<String, Object> check(Libc libc, DaemonConfig config) {
        List<Object> checks = new ArrayList<>();
        for (Finding finding : Check.of(libc, config)) {
            if (OWN.contains(finding.subject())) {
                continue;
            }
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("level", finding.level().toString());
            check.put("subject", finding.subject());
            check.put("text", finding.text());
            checks.add(check);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("checks", checks);
        return all;
    }

    private static Map<String, Object> pair(Pair pair) {
        List<Object> ports = new ArrayList<>();
        for (int i = 0; i < pair.links().size(); i++) {
            ports.add(port(pair.settings().ports().get(i), pair.links().get(i)));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", pair.settings().pair().toString());
        map.put("ports", ports);
        return map;
    }

    /** A value that is not known, as the speed of an interface without a carrier, is null. */
    private static Map<String, Object> port(PortConfig settings, PortLink portLink) {
        Link link = portLink.now().orElse(null);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", portLink.name());
        map.put("interface", link == null ? null : link.name());
        map.put("carrier", link != null && link.carrier());
        map.put("mtu", link == null ? null : link.mtuBytes());
        map.put("speedMbit", link == null ? null : speedMbit(link.name()));
        map.put("qdisc", settings.options().qdisc().toString());
        return map;
    }

    /** As in sysfs, Documentation/ABI/testing/sysfs-class-net; reading it fails where there is none. */
    private static Long speedMbit(String name) {
        try {
            long speed = Long.parseLong(
                    Files.readString(Path.of("/sys/class/net", name, "speed")).strip());
            return speed > 0 ? speed : null;
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }
}
