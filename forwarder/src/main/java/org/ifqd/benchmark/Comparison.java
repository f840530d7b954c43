package org.ifqd.benchmark;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Two reports side by side, size by size: what changed, and whether it is more than the searches leave open.
 *
 * <p>Two searches that end at the same rate still have the width of their bounds between them; and how far two runs of
 * the same device are apart on this machine only repetitions say.
 */
public final class Comparison {
    private Comparison() {}

    /** A row for each size and goal that both have. */
    public static void print(Report a, Report b, PrintWriter out) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"size", "A frames/s", "", "B frames/s", "B/A", "A p99 µs", "B p99 µs"});
        for (Report.SizeReport one : a.sizes()) {
            b.sizes().stream()
                    .filter(two -> two.size().equals(one.size()))
                    .findFirst()
                    .ifPresent(two -> rows(one, two, rows));
        }
        out.println("A: " + name(a));
        out.println("B: " + name(b));
        if (rows.size() == 1) {
            out.println("they have no size in common");
        } else {
            ReportText.print(rows, out);
        }
        if (a.conformant() != b.conformant() || a.bothDirections() != b.bothDirections()) {
            out.println("note: they were not measured in the same way ("
                    + (a.conformant() != b.conformant() ? "one of them with trials that are too short" : "directions")
                    + ")");
        }
        a.settings().forEach((key, value) -> {
            String other = b.settings().get(key);
            if (!value.equals(other)) {
                out.println("note: " + key + " was " + value + " and is " + other);
            }
        });
        out.flush();
    }

    private static void rows(Report.SizeReport one, Report.SizeReport two, List<String[]> rows) {
        for (Report.Throughput first : one.throughput()) {
            two.throughput().stream()
                    .filter(t -> t.lossRatio() == first.lossRatio() && t.exceedRatio() == first.exceedRatio())
                    .findFirst()
                    .ifPresent(second -> rows.add(new String[] {
                        one.size(),
                        Words.throughput(first),
                        verdict(first, second),
                        Words.throughput(second),
                        first.lower() == 0 ? "" : String.format(Locale.ROOT, "%.3f", second.lower() / first.lower()),
                        Words.latency(one, 99),
                        Words.latency(two, 99)
                    }));
        }
    }

    private static String verdict(Report.Throughput a, Report.Throughput b) {
        double upperA = a.upper() == null ? Double.POSITIVE_INFINITY : a.upper();
        double upperB = b.upper() == null ? Double.POSITIVE_INFINITY : b.upper();
        boolean apart = upperA < b.lower() || upperB < a.lower();
        return !apart ? "the same as far as known" : b.lower() > a.lower() ? "B is faster" : "A is faster";
    }

    private static String name(Report report) {
        return (report.label().isEmpty()
                        ? report.facts().get("from") + " to " + report.facts().get("to")
                        : report.label())
                + ", " + report.started();
    }
}
