package org.ifqd.probe;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** The outcome for people: a row for each number, a column for each direction. Rows that say nothing are left out. */
public final class ReportTable {
    private static final int LABEL_WIDTH = 22;
    private static final double NOTABLE_SHORTFALL = 0.001;

    private final List<DirectionReport> directions;
    private final PrintWriter out;
    private final int width;

    private ReportTable(List<DirectionReport> directions, PrintWriter out) {
        this.directions = directions;
        this.out = out;
        this.width =
                2 + directions.stream().mapToInt(d -> d.name().length()).max().orElse(0);
    }

    public static void print(List<DirectionReport> directions, boolean allowLoss, PrintWriter out) {
        ReportTable table = new ReportTable(directions, out);
        table.row("", DirectionReport::name);
        table.sent();
        if (directions.getFirst().received() != null) {
            table.received();
            table.latency();
        }
        boolean clean = directions.stream().allMatch(d -> d.isClean(allowLoss));
        out.println("result: " + (clean ? "clean" : "NOT CLEAN"));
        out.flush();
    }

    private void sent() {
        if (directions.getFirst().sent() == null) {
            row("sent (as numbered)", d -> number(d.sentFrames()));
            return;
        }
        count("sent", DirectionReport::sentFrames);
        row("  frames/s", d -> number(Math.round(d.sent().perSecond())));
        row(
                "  Mbit/s",
                d -> decimal(d.sent().bytes() * 8e3 / Math.max(1, d.sent().elapsedNs())));
        if (directions.stream().anyMatch(d -> d.sent().shortfall() > NOTABLE_SHORTFALL)) {
            row(
                    "  short of the rate by",
                    d -> String.format(Locale.ROOT, "%.2f %%", 100 * d.sent().shortfall()));
        }
        if (directions.getFirst().sent().rate() > 0) {
            row("  late, p99, microsec.", d -> decimal(d.sent().lateNs().getValueAtPercentile(99) / 1e3));
        }
        if (any(d -> d.sent().refused())) {
            count("  refused (too long)", d -> d.sent().refused());
        }
        if (any(d -> d.sent().warmUp())) {
            count("  warm-up, not counted", d -> d.sent().warmUp());
        }
    }

    private void received() {
        count("received", d -> d.received().received());
        row("lost", ReportTable::lost);
        if (any(DirectionReport::kernelDrops)) {
            count("  dropped by the probe", DirectionReport::kernelDrops);
        }
        count("reordered", d -> d.received().of(SequenceWindow.Arrival.REORDERED));
        count("duplicated", d -> d.received().of(SequenceWindow.Arrival.DUPLICATE));
        if (any(d -> d.received().of(SequenceWindow.Arrival.TOO_OLD))) {
            count("too old to tell", d -> d.received().of(SequenceWindow.Arrival.TOO_OLD));
        }
        count("corrupted", d -> d.received().corrupted());
        if (any(d -> d.received().corrupted())) {
            count("  MAC addresses", d -> d.received().of(Verdict.WRONG_ADDRESSES));
            count("  tags", d -> d.received().of(Verdict.WRONG_TAGS));
            count("  content", d -> d.received().of(Verdict.WRONG_CONTENT));
        }
        count("foreign", d -> d.received().of(Verdict.FOREIGN));
    }

    private static String lost(DirectionReport d) {
        String percent =
                d.sentFrames() == 0 ? "" : String.format(Locale.ROOT, " (%.3g %%)", 100.0 * d.lost() / d.sentFrames());
        return number(d.lost()) + (d.lost() == 0 ? "" : percent);
    }

    private void latency() {
        row("latency, microseconds", d -> "");
        latency("  min", Histogram::getMinValue);
        latency("  p50", h -> h.getValueAtPercentile(50));
        latency("  p90", h -> h.getValueAtPercentile(90));
        latency("  p99", h -> h.getValueAtPercentile(99));
        latency("  p99.9", h -> h.getValueAtPercentile(99.9));
        latency("  max", Histogram::getMaxValue);
        if (any(d -> d.received().negativeLatencies())) {
            count("  clock set back", d -> d.received().negativeLatencies());
        }
    }

    private void latency(String label, Function<Histogram, Long> ns) {
        row(label, d -> {
            Histogram histogram = d.received().latencyNs();
            return histogram.getTotalCount() == 0 ? "-" : decimal(ns.apply(histogram) / 1e3);
        });
    }

    private boolean any(Function<DirectionReport, Long> value) {
        return directions.stream().anyMatch(d -> value.apply(d) != 0);
    }

    private void count(String label, Function<DirectionReport, Long> value) {
        row(label, d -> number(value.apply(d)));
    }

    private void row(String label, Function<DirectionReport, String> cell) {
        StringBuilder line = new StringBuilder(label);
        line.repeat(" ", Math.max(0, LABEL_WIDTH - label.length()));
        for (DirectionReport direction : directions) {
            String text = cell.apply(direction);
            line.repeat(" ", Math.max(1, Math.max(width, 14) - text.length())).append(text);
        }
        out.println(line.toString().stripTrailing());
    }

    private static String number(long value) {
        return Long.toString(value);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
