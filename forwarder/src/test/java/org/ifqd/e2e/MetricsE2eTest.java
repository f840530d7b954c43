package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Prometheus gets is what {@code stats --json} says, number by number, and what alerts and dashboard ask for is
 * there.
 */
@Tag("e2e")
class MetricsE2eTest {
    private static final Path CONFIG = Path.of("../config");
    private static final Pattern NAME = Pattern.compile("\\b(?:ifqd|jvm|process)_[a-z_]+");
    private static final int FRAMES = 5000;

    /** Metric (without ifqd_port_) by group and key of stats. */
    private static final Map<String, List<String>> NUMBERS = Map.ofEntries(
            Map.entry("receive_frames_total", List.of("rx", "frames")),
            Map.entry("receive_bytes_total", List.of("rx", "bytes")),
            Map.entry("receive_kernel_drops_total", List.of("rx", "kernelDrops")),
            Map.entry("transmit_frames_total", List.of("tx", "frames")),
            Map.entry("transmit_bytes_total", List.of("tx", "bytes")),
            Map.entry("oactives_total", List.of("queue", "oactives")),
            Map.entry("queue_frames", List.of("queue", "length")),
            Map.entry("queue_max_frames", List.of("queue", "maxLength")),
            Map.entry("queue_capacity_frames", List.of("queue", "capacity")),
            Map.entry("serializer_enters_total", List.of("serializer", "enters")),
            Map.entry("serializer_spins_total", List.of("serializer", "spins")),
            Map.entry("serializer_contended_total", List.of("serializer", "contended")),
            Map.entry("checksums_completed_total", List.of("offload", "csumCompleted")),
            Map.entry("gso_frames_segmented_total", List.of("offload", "segmented")),
            Map.entry("forwarding_latency_seconds_count", List.of("latency", "frames")));

    /** Key of a worker in stats by metric (without ifqd_worker_). */
    private static final Map<String, String> OF_WORKERS = Map.of(
            "receive_frames_total", "frames",
            "receive_bytes_total", "bytes",
            "receive_batches_total", "batches",
            "receive_kernel_drops_total", "kernelDrops");

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "curl");
    }

    @Test
    void metricsAreTheCountersAndAllThatIsAskedForIsThere() throws IOException {
        Path control = folder.resolve("control.sock");
        Path file = folder.resolve("ifqd.toml");
        Files.writeString(
                file,
                "[port.d0]\n"
                        + "workers = 2\n"
                        + "[port.d1]\n"
                        + "workers = 2\n"
                        + "[[bridge]]\n"
                        + "ports = [\"d0\", \"d1\"]\n"
                        + "[control]\n"
                        + "path = \""
                        + control + "\"\n[metrics]\nlisten = \"127.0.0.1:9470\"\n");
        try (NetLab lab = NetLab.open()) {
            Child.run("ip", "-n", lab.namespace(Node.DUT), "link", "set", "lo", "up");
            try (Ifqd ifqd = Ifqd.run(lab, control, file)) {
                Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, FRAMES, 10_000)
                        .awaitSuccess();
                lab.run(Node.GEN, "ping", "-c", "2", "-i", "0.2", "-W", "5", NetLab.SINK_IP);
                Stats stats = ifqd.awaitQuiet();
                Map<String, Double> metrics = scrape(lab);
                Assertions.assertEquals(still(stats), still(ifqd.stats()), "nothing was to move meanwhile");
                assertSame(stats, metrics);
                assertProcessIsThere(metrics);
                Assertions.assertEquals(
                        (double) lab.counters(Nic.d1).txFrames(),
                        metrics.get("ifqd_port_transmit_frames_total{port=\"d1\"}"));
                Assertions.assertTrue(stats.port(Nic.d1).txFrames() >= FRAMES, stats::json);
                assertAllThere("alerts.yml", metrics);
                assertAllThere("grafana-dashboard.json", metrics);
                ifqd.terminate();
            }
        }
    }

    /** Without what moves when one looks. */
    private static String still(Stats stats) {
        return stats.json()
                .replaceAll("\"(cpuNs|allocatedBytes|wakeUps|uptimeSeconds)\":\\d+|\"state\":\"A[A-Z]+\"", "");
    }

    private static Map<String, Double> scrape(NetLab lab) {
        Map<String, Double> metrics = new HashMap<>();
        lab.run(Node.DUT, "curl", "-sS", "--max-time", "20", "http://127.0.0.1:9470/metrics")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    metrics.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
                });
        return metrics;
    }

    private static void assertSame(Stats stats, Map<String, Double> metrics) throws IOException {
        for (Object each : (List<?>) JSON.std.mapFrom(stats.json()).get("ports")) {
            Map<?, ?> port = (Map<?, ?>) each;
            String label = "port=\"" + port.get("name") + "\"";
            NUMBERS.forEach((name, path) -> {
                Object value = ((Map<?, ?>) port.get(path.get(0))).get(path.get(1));
                String series = "ifqd_port_" + name + "{" + label + "}";
                Assertions.assertEquals(((Number) value).doubleValue(), metrics.get(series), series);
            });
            ((Map<?, ?>) port.get("drops")).forEach((reason, value) -> {
                String series = "ifqd_port_drops_total{" + label + ",reason=\"" + reason + "\"}";
                Assertions.assertEquals(((Number) value).doubleValue(), metrics.get(series), series);
            });
            assertWorkersSame(label, (List<?>) port.get("workers"), metrics);
            assertLanesSame(label, (List<?>) port.get("lanes"), metrics);
            Assertions.assertEquals(
                    metrics.get("ifqd_port_forwarding_latency_seconds_count{" + label + "}"),
                    metrics.get("ifqd_port_forwarding_latency_seconds_bucket{" + label + ",le=\"+Inf\"}"));
        }
        Assertions.assertEquals(0.0, metrics.get("ifqd_unaccounted_frames"));
    }

    private static void assertWorkersSame(String port, List<?> workers, Map<String, Double> metrics) {
        Assertions.assertEquals(2, workers.size());
        for (int i = 0; i < workers.size(); i++) {
            Map<?, ?> worker = (Map<?, ?>) workers.get(i);
            String labels = "{" + port + ",worker=\"" + i + "\"}";
            OF_WORKERS.forEach((name, key) -> Assertions.assertEquals(
                    ((Number) worker.get(key)).doubleValue(),
                    metrics.get("ifqd_worker_" + name + labels),
                    name + labels));
            Assertions.assertNotNull(metrics.get("ifqd_worker_wake_ups_total" + labels));
            String thread = "{thread=\"" + worker.get("name") + "\"}";
            Assertions.assertTrue(metrics.get("ifqd_thread_cpu_seconds_total" + thread) >= 0, thread);
            Assertions.assertTrue(metrics.get("ifqd_thread_allocated_bytes_total" + thread) >= 0, thread);
        }
    }

    private static void assertLanesSame(String port, List<?> lanes, Map<String, Double> metrics) {
        Assertions.assertEquals(2, lanes.size());
        for (int i = 0; i < lanes.size(); i++) {
            Map<?, ?> lane = (Map<?, ?>) lanes.get(i);
            String labels = "{lane=\"" + i + "\"," + port + "}";
            Number sent = (Number) ((Map<?, ?>) lane.get("tx")).get("frames");
            Assertions.assertEquals(
                    sent.doubleValue(), metrics.get("ifqd_lane_transmit_frames_total" + labels), labels);
            Number contended = (Number) ((Map<?, ?>) lane.get("serializer")).get("contended");
            Assertions.assertEquals(
                    contended.doubleValue(), metrics.get("ifqd_lane_serializer_contended_total" + labels), labels);
        }
    }

    private static void assertProcessIsThere(Map<String, Double> metrics) {
        Assertions.assertTrue(metrics.get("ifqd_allocated_bytes_total") > 0);
        Assertions.assertTrue(
                metrics.keySet().stream().anyMatch(series -> series.startsWith("ifqd_build_info{")), metrics::toString);
    }

    private static void assertAllThere(String file, Map<String, Double> metrics) throws IOException {
        Set<String> there =
                metrics.keySet().stream().map(series -> series.split("\\{")[0]).collect(Collectors.toSet());
        Set<String> asked = new TreeSet<>();
        for (Matcher m = NAME.matcher(Files.readString(CONFIG.resolve(file))); m.find(); ) {
            asked.add(m.group());
        }
        Assertions.assertTrue(asked.size() > 4, file + " asks for " + asked);
        asked.removeAll(there);
        Assertions.assertEquals(Set.of(), asked, file + " asks for what is not there");
    }
}
