package org.ifqd.cli;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.ifqd.stats.Scaled;

/** The counters of a daemon as a table for people; from the second print on with rates since the one before. */
final class StatsTable {
    private static final String ROW = "%-15s %-10s %14s %14s %11s %11s %11s %11s %8s %12s%s%n";

    private final Map<String, long[]> before = new HashMap<>();
    private long beforeNs;

    void print(PrintWriter out, StatsNode stats, long nowNs) {
        double seconds = (nowNs - beforeNs) / 1e9;
        if (stats.map().containsKey("version")) { // older daemons do not say
            out.println("ifqd " + stats.text("version") + ", up " + uptime(stats.number("uptimeSeconds")) + ", "
                    + pairs(stats));
        }
        out.printf(
                ROW,
                "port",
                "state",
                "rx frames",
                "tx frames",
                "rx frames/s",
                "tx frames/s",
                "rx bit/s",
                "tx bit/s",
                "queued",
                "kernelDrops",
                "  drops");
        for (StatsNode port : stats.nodes("ports")) {
            row(out, port, seconds);
        }
        out.printf("unaccounted %d%n", stats.number("unaccounted"));
        beforeNs = nowNs;
    }

    private static String pairs(StatsNode stats) {
        return stats.nodes("pairs").stream().map(pair -> pair.text("name")).collect(Collectors.joining(", "));
    }

    /** As of a clock: {@code 2 d 03:04:05}. */
    static String uptime(long seconds) {
        long days = TimeUnit.SECONDS.toDays(seconds);
        return (days == 0 ? "" : days + " d ")
                + "%02d:%02d:%02d".formatted(seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    }

    private void row(PrintWriter out, StatsNode port, double seconds) {
        String name = port.text("name");
        long rx = port.number("rx", "frames");
        long tx = port.number("tx", "frames");
        long rxBytes = port.number("rx", "bytes");
        long txBytes = port.number("tx", "bytes");
        long[] last = before.put(name, new long[] {rx, tx, rxBytes, txBytes});
        out.printf(
                ROW,
                name,
                port.text("state"),
                rx,
                tx,
                last == null ? "-" : rate(rx - last[0], seconds),
                last == null ? "-" : rate(tx - last[1], seconds),
                last == null ? "-" : rate((rxBytes - last[2]) * Byte.SIZE, seconds),
                last == null ? "-" : rate((txBytes - last[3]) * Byte.SIZE, seconds),
                port.number("queue", "length"),
                port.number("rx", "kernelDrops"),
                drops(port.node("drops").map()));
    }

    /** A port that a reload has opened anew begins at 0. */
    private static String rate(long grown, double seconds) {
        return grown < 0 || seconds <= 0 ? "-" : Scaled.of(grown / seconds);
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
