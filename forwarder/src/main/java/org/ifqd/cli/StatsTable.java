package org.ifqd.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;

/** The counters of a daemon as a table for people; from the second print on with rates since the one before. */
final class StatsTable {
    private static final String ROW = "%-15s %-8s %14s %14s %9s %9s %10s %12s%s%n";

    private final Map<String, long[]> before = new HashMap<>();
    private long beforeNs;

    void print(PrintWriter out, StatsNode stats, long nowNs) {
        double seconds = (nowNs - beforeNs) / 1e9;
        out.printf(
                ROW,
                "port",
                "state",
                "rx frames",
                "tx frames",
                "rx Mpps",
                "tx Mpps",
                "queued",
                "kernelDrops",
                "  drops");
        for (StatsNode port : stats.nodes("ports")) {
            row(out, port, seconds);
        }
        out.printf("unaccounted %d%n", stats.number("unaccounted"));
        beforeNs = nowNs;
    }

    private void row(PrintWriter out, StatsNode port, double seconds) {
        String name = port.text("name");
        long rx = port.number("rx", "frames");
        long tx = port.number("tx", "frames");
        long[] last = before.put(name, new long[] {rx, tx});
        out.printf(
                ROW,
                name,
                port.text("state"),
                rx,
                tx,
                last == null ? "-" : rate(rx - last[0], seconds),
                last == null ? "-" : rate(tx - last[1], seconds),
                port.number("queue", "length"),
                port.number("rx", "kernelDrops"),
                drops(port.node("drops").map()));
    }

    private static String rate(long frames, double seconds) {
        return "%.3f".formatted(frames / seconds / 1e6);
    }

    private static String drops(Map<?, ?> drops) {
        StringJoiner text = new StringJoiner(" ", "  ", "").setEmptyValue("  none");
        drops.forEach((reason, count) -> {
            if (((Number) count).longValue() > 0) {
                text.add(reason + "=" + count);
            }
        });
        return text.toString();
    }
}
