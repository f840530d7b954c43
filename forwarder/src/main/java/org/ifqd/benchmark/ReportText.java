package org.ifqd.benchmark;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The outcome for a terminal: a row for each size, and lines for what does not go into a table. */
public final class ReportText {
    private ReportText() {}

    public static void print(Report report, PrintWriter out) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"size", "frames/s", "", "Mbit/s", "p50 µs", "p99 µs", "longest burst"});
        for (Report.SizeReport size : report.sizes()) {
            for (Report.Throughput t : size.throughput()) {
                boolean first = t == size.throughput().getFirst();
                rows.add(new String[] {
                    first ? size.size() : "",
                    Words.throughput(t),
                    Words.uncertainty(t) + (size.throughput().size() > 1 ? ", " + Words.goal(t) : ""),
                    Words.number(Sizes.megabits(t.lower(), size.averageBytes())),
                    first ? Words.latency(size, 50) : "",
                    first ? Words.latency(size, 99) : "",
                    first && size.backToBack() != null ? Words.burst(size.backToBack()) : ""
                });
            }
        }
        print(rows, out);
        report.sizes().forEach(size -> notes(size, out));
        if (!report.conformant()) {
            out.println("note: trials were shorter or fewer than RFC 2544 and RFC 9004 ask; not conformant");
        }
        if (!report.complete()) {
            out.println("note: " + Words.unfinished(report));
        }
        out.flush();
    }

    private static void notes(Report.SizeReport size, PrintWriter out) {
        if (size.backToBack() != null && !size.backToBack().unlimited()) {
            out.println(size.size() + ": holds " + Words.rate(size.backToBack().queue()) + " frames, "
                    + Words.number(1e3 * size.backToBack().queueSeconds()) + " ms at "
                    + Words.rate(size.backToBack().rate()) + "/s");
        }
        if (size.recovery() != null) {
            out.println(size.size() + ": recovered " + Words.recovery(size.recovery()) + " after an overload, "
                    + size.recovery().lost() + " lost");
        }
        if (size.reset() != null) {
            out.println(
                    size.size() + ": reset took " + Words.number(size.reset().seconds()) + " s, "
                            + size.reset().lost() + " lost");
        }
        if (size.faults().any()) {
            out.println(size.size() + ": THE DEVICE IS FAULTY: reordered "
                    + size.faults().reordered() + ", duplicated "
                    + size.faults().duplicated() + ", corrupted "
                    + size.faults().corrupted());
        }
    }

    /** Columns as wide as their widest cell; the first and the third to the left. */
    static void print(List<String[]> rows, PrintWriter out) {
        int columns = rows.getFirst().length;
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                int column = i;
                int width =
                        rows.stream().mapToInt(r -> r[column].length()).max().orElse(0);
                boolean left = i == 0 || i == 2;
                String pad = " ".repeat(width - row[i].length());
                line.append(left ? row[i] + pad : pad + row[i]).append(i == columns - 1 ? "" : "  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
