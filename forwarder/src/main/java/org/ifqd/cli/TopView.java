package org.ifqd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.ifqd.stats.Scaled;

/**
 * The screen of {@code ifqd top}, as lines of text: everything that a daemon counts, as rates between two looks. A
 * title of each part begins with {@link #TITLE}, a line that calls for attention with {@link #ALERT}.
 *
 * <p><b>Threading:</b> any thread; it keeps nothing.
 */
final class TopView {
    static final char TITLE = '\1';
    static final char ALERT = '\2';

    /** Shown where there is nothing to divide: at the first look, and for a port that a reload has brought. */
    private static final String NONE = "-";

    /** 80 columns. */
    private static final String PORT = "%-15s %-10s %8s %8s %8s %8s %7s %8s";

    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};

    private final TopSample before;
    private final TopSample now;
    private final double seconds;
    private final List<String> lines = new ArrayList<>();

    /** @param before an earlier look, or the same one where there is no earlier */
    TopView(TopSample before, TopSample now) {
        this.before = before;
        this.now = now;
        this.seconds = (now.atNs() - before.atNs()) / 1e9;
    }

    List<String> lines() {
        lines.clear();
        ports();
        queues();
        latencies();
        workers();
        drops();
        return lines;
    }

    private StatsNode earlier(StatsNode port) {
        return TopSample.named(before.ports(), port.text("name"));
    }

    private void ports() {
        line(TITLE + PORT, "port", "state", "rx fr/s", "rx bit/s", "tx fr/s", "tx bit/s", "drops/s", "p99");
        for (StatsNode port : now.ports()) {
            StatsNode old = earlier(port);
            line(
                    (port.text("state").equals("RUNNING") ? "" : ALERT) + PORT,
                    port.text("name"),
                    port.text("state"),
                    rate(port, old, 1, "rx", "frames"),
                    rate(port, old, Byte.SIZE, "rx", "bytes"),
                    rate(port, old, 1, "tx", "frames"),
                    rate(port, old, Byte.SIZE, "tx", "bytes"),
                    dropRate(port, old),
                    p99(port, old));
        }
    }

    /** Of all reasons, and of the receive ring. */
    private String dropRate(StatsNode port, StatsNode old) {
        long grown = grown(port, old, "rx", "kernelDrops");
        for (Object reason : port.node("drops").map().keySet()) {
            grown += grown(port, old, "drops", reason.toString());
        }
        return seconds <= 0 || old.map().isEmpty() || grown < 0 ? NONE : Scaled.of(grown / seconds);
    }

    private static String p99(StatsNode port, StatsNode old) {
        long[] ns = TopSample.latencyNs(port, old, 0.99);
        return ns == null ? NONE : micros(ns[0]);
    }

    private void queues() {
        line("");
        line(
                TITLE + "%-15s %13s %6s %7s %10s %10s %10s %12s",
                "send queue",
                "length",
                "most",
                "oactive",
                "oactives/s",
                "starts/s",
                "spins/s",
                "contended/s");
        for (StatsNode port : now.ports()) {
            StatsNode old = earlier(port);
            line(
                    "%-15s %13s %6d %7s %10s %10s %10s %12s",
                    port.text("name"),
                    port.number("queue", "length") + " / " + port.number("queue", "capacity"),
                    port.number("queue", "maxLength"),
                    port.isTrue("queue", "oactive") ? "yes" : "no",
                    rate(port, old, 1, "queue", "oactives"),
                    rate(port, old, 1, "serializer", "enters"),
                    rate(port, old, 1, "serializer", "spins"),
                    rate(port, old, 1, "serializer", "contended"));
        }
    }

    private void latencies() {
        line("");
        line(TITLE + "%-15s %10s %10s %10s %10s %14s", "latency of tx", "p50", "p90", "p99", "p99.9", "most ever");
        for (StatsNode port : now.ports()) {
            long[] ns = TopSample.latencyNs(port, earlier(port), QUANTILES);
            line(
                    "%-15s %10s %10s %10s %10s %14s",
                    port.text("name"),
                    ns == null ? NONE : micros(ns[0]),
                    ns == null ? NONE : micros(ns[1]),
                    ns == null ? NONE : micros(ns[2]),
                    ns == null ? NONE : micros(ns[3]),
                    micros(port.number("latency", "maxNs")));
        }
    }

    private void workers() {
        line("");
        line(
                TITLE + "%-15s %-8s %12s %12s %6s %6s %10s %10s %13s",
                "worker",
                "state",
                "frames/s",
                "bit/s",
                "share",
                "cpu",
                "per batch",
                "wake-ups/s",
                "ring drops/s");
        for (StatsNode port : now.ports()) {
            StatsNode old = earlier(port);
            for (StatsNode worker : port.nodes("workers")) {
                worker(
                        worker,
                        TopSample.named(old.nodes("workers"), worker.text("name")),
                        grown(port, old, "rx", "frames"));
            }
        }
    }

    private void worker(StatsNode worker, StatsNode old, long ofPort) {
        long frames = grown(worker, old, "frames");
        long batches = grown(worker, old, "batches");
        long cpuNs = grown(worker, old, "cpuNs");
        line(
                "%-15s %-8s %12s %12s %6s %6s %10s %10s %13s",
                worker.text("name"),
                worker.text("state").toLowerCase(Locale.ROOT),
                rate(worker, old, 1, "frames"),
                rate(worker, old, Byte.SIZE, "bytes"),
                ofPort <= 0 ? NONE : percent(Math.min(1, (double) frames / ofPort)),
                seconds <= 0 || cpuNs < 0 ? NONE : percent(cpuNs / 1e9 / seconds),
                batches <= 0 ? NONE : String.format(Locale.ROOT, "%.1f", (double) frames / batches),
                rate(worker, old, 1, "wakeUps"),
                rate(worker, old, 1, "kernelDrops"));
    }

    private void drops() {
        line("");
        line(TITLE + "%-15s %-22s %12s %14s", "drops", "reason", "frames/s", "all");
        int any = lines.size();
        for (StatsNode port : now.ports()) {
            StatsNode old = earlier(port);
            drop(port, old, "receive ring full", "rx", "kernelDrops");
            port.node("drops")
                    .map()
                    .keySet()
                    .forEach(reason -> drop(port, old, reason.toString(), "drops", reason.toString()));
        }
        if (lines.size() == any) {
            line("none");
        }
    }

    /** Only what has ever happened has a line. */
    private void drop(StatsNode port, StatsNode old, String reason, String... path) {
        long all = port.number(path);
        if (all > 0) {
            boolean isNow = grown(port, old, path) > 0;
            line(
                    (isNow ? ALERT : "") + "%-15s %-22s %12s %14d",
                    port.text("name"),
                    reason,
                    rate(port, old, 1, path),
                    all);
        }
    }

    /** How much a counter has grown; below 0 when it has begun anew. */
    private static long grown(StatsNode node, StatsNode old, String... path) {
        return old.map().isEmpty() ? -1 : node.number(path) - old.number(path);
    }

    private String rate(StatsNode node, StatsNode old, int factor, String... path) {
        long grown = grown(node, old, path);
        return seconds <= 0 || grown < 0 ? NONE : Scaled.of(grown * factor / seconds);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    private static String micros(long ns) {
        return ns < 1_000_000
                ? String.format(Locale.ROOT, "%.1f us", ns / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", ns / 1e6);
    }

    private void line(String format, Object... arguments) {
        lines.add(String.format(Locale.ROOT, format, arguments));
    }
}
