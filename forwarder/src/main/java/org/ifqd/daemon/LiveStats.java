package org.ifqd.daemon;

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
import org.ifqd.control.StatsJson;
import org.ifqd.link.PortFacts;
import org.ifqd.linux.Libc;
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
            ports.add(PortFacts.of(pair.settings().ports().get(i), pair.links().get(i)));
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", pair.settings().pair().toString());
        map.put("ports", ports);
        return map;
    }
}
