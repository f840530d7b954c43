package org.ifqd.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The outcome as one page that needs nothing else: no script, no request. Any thread. */
final class HtmlReport {
    private static final double HIGHEST_PERCENTILE = 99.999;

    private final Report report;
    private final StringBuilder out = new StringBuilder();

    private HtmlReport(Report report) {
        this.report = report;
    }

    static String of(Report report) throws IOException {
        return new HtmlReport(report).write();
    }

    private String write() throws IOException {
        String title = "Benchmark" + (report.label().isEmpty() ? "" : " of " + report.label());
        out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n")
                .append("<title>")
                .append(Html.text(title))
                .append("</title>\n<style>\n")
                .append(style())
                .append("</style></head><body><main>\n<h1>")
                .append(Html.text(title))
                .append("</h1>\n");
        out.append("<p>")
                .append(Html.text(report.started()))
                .append(report.bothDirections() ? ", both directions at once" : ", one direction")
                .append("</p>\n");
        warnings();
        throughput();
        latency();
        loss();
        bursts();
        others();
        trace();
        table("Where", List.of("", ""), entries(report.facts()));
        table("How", List.of("", ""), entries(report.settings()));
        data();
        return out.append("</main></body></html>\n").toString();
    }

    private static String style() throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void warnings() {
        if (!report.conformant()) {
            out.append(
                    "<p class=\"note\">Not conformant: trials were shorter or fewer than RFC 2544 and RFC 9004 ask.</p>\n");
        }
        if (!report.complete()) {
            out.append("<p class=\"note\">It ")
                    .append(Html.text(Words.unfinished(report)))
                    .append(".</p>\n");
        }
        for (Report.SizeReport size : report.sizes()) {
            if (size.faults().any()) {
                out.append("<p class=\"bad\">")
                        .append(Html.text(size.size()))
                        .append(" bytes: ")
                        .append(size.faults().reordered())
                        .append(" frames reordered, ")
                        .append(size.faults().duplicated())
                        .append(" duplicated, ")
                        .append(size.faults().corrupted())
                        .append(" changed.</p>\n");
            }
        }
        if (report.complete() && !report.isFaulty()) {
            out.append("<p>No frame was reordered, duplicated or changed in any trial.</p>\n");
        }
    }

    private void throughput() {
        List<List<String>> rows = new ArrayList<>();
        double highest = 0;
        for (Report.SizeReport size : report.sizes()) {
            highest = Math.max(highest, Sizes.megabits(size.highestLoad(), size.averageBytes()));
            for (Report.Throughput t : size.throughput()) {
                rows.add(List.of(
                        size.size(),
                        Words.goal(t),
                        Words.throughput(t),
                        Words.uncertainty(t),
                        Words.rate(t.conditional()),
                        Words.number(Sizes.megabits(t.lower(), size.averageBytes())),
                        Words.percent(size.highestLoad() == 0 ? 0 : t.lower() / size.highestLoad())));
            }
        }
        table(
                "Throughput",
                List.of(
                        "size, bytes with FCS",
                        "goal",
                        "frames/s",
                        "uncertainty",
                        "came through, frames/s",
                        "Mbit/s on the wire",
                        "of the highest load"),
                rows);
        if (report.sizes().isEmpty()) {
            return;
        }
        Chart chart = Chart.named(
                "Throughput by size; the line above is the highest load that could be offered",
                "bytes with FCS",
                report.sizes().stream().map(Report.SizeReport::size).toList(),
                "Mbit/s on the wire",
                highest);
        int goals = report.sizes().getFirst().throughput().size();
        for (int goal = 0; goal < goals; goal++) {
            List<Chart.Point> points = new ArrayList<>();
            for (int i = 0; i < report.sizes().size(); i++) {
                Report.SizeReport size = report.sizes().get(i);
                Report.Throughput t = size.throughput().get(goal);
                points.add(new Chart.Point(
                        i, Sizes.megabits(t.lower(), size.averageBytes()), false, Words.throughput(t) + " frames/s"));
            }
            chart.bars(Words.goal(report.sizes().getFirst().throughput().get(goal)), points, goal, goals);
        }
        List<Chart.Point> limits = new ArrayList<>();
        for (int i = 0; i < report.sizes().size(); i++) {
            Report.SizeReport size = report.sizes().get(i);
            limits.add(new Chart.Point(
                    i,
                    Sizes.megabits(size.highestLoad(), size.averageBytes()),
                    false,
                    "highest load " + Words.rate(size.highestLoad()) + " frames/s"));
        }
        out.append(chart.limits(limits).svg());
    }

    private void latency() {
        List<List<String>> rows = new ArrayList<>();
        for (Report.SizeReport size : report.sizes()) {
            for (Report.Latency l : size.latency()) {
                rows.add(List.of(
                        size.size(),
                        Words.percent(l.fraction()),
                        Words.rate(l.rate()),
                        Words.number(l.min()),
                        value(l, 50),
                        value(l, 90),
                        value(l, 99),
                        value(l, 99.9),
                        Words.number(l.max()),
                        Words.percent(l.lossRatio()),
                        Words.number(l.lateP99())));
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        table(
                "Latency, microseconds",
                List.of(
                        "size",
                        "of the throughput",
                        "frames/s",
                        "min",
                        "p50",
                        "p90",
                        "p99",
                        "p99.9",
                        "max",
                        "lost",
                        "sender late, p99"),
                rows);
        for (Report.SizeReport size : report.sizes()) {
            double low = size.latency().stream()
                    .mapToDouble(Report.Latency::min)
                    .filter(v -> v > 0)
                    .min()
                    .orElse(1);
            double high = size.latency().stream()
                    .mapToDouble(Report.Latency::max)
                    .max()
                    .orElse(10);
            Chart chart = Chart.percentiles(
                    "Latency of " + size.size() + " bytes, by part of the throughput",
                    HIGHEST_PERCENTILE,
                    "microseconds",
                    low,
                    high);
            for (Report.Latency l : size.latency()) {
                chart.line(
                        Words.percent(l.fraction()),
                        l.percentiles().stream()
                                .filter(p -> p.percent() <= HIGHEST_PERCENTILE)
                                .map(p -> new Chart.Point(
                                        p.percent(),
                                        p.micros(),
                                        false,
                                        p.percent() + " %: " + Words.number(p.micros()) + " µs"))
                                .toList());
            }
            out.append(size.latency().isEmpty() ? "" : chart.svg());
        }
    }

    private static String value(Report.Latency l, double percent) {
        double value = l.at(percent);
        return Double.isNaN(value) ? "" : Words.number(value);
    }

    private void loss() {
        double highest = report.sizes().stream()
                .flatMap(size -> size.loss().stream())
                .mapToDouble(Report.LossPoint::lossRatio)
                .max()
                .orElse(-1);
        if (highest < 0) {
            return;
        }
        out.append("<h2>Frame loss rate</h2>\n");
        Chart chart = Chart.linear("Loss over the load", "% of the highest load", 100, "% lost", 100 * highest);
        for (Report.SizeReport size : report.sizes()) {
            chart.line(
                    size.size() + " bytes",
                    size.loss().stream()
                            .map(p -> new Chart.Point(
                                    100 * p.load(),
                                    100 * p.lossRatio(),
                                    p.lossRatio() > 0,
                                    Words.rate(p.rate()) + " frames/s: " + Words.percent(p.lossRatio())))
                            .toList());
        }
        out.append(chart.svg());
    }

    private void bursts() {
        List<List<String>> rows = new ArrayList<>();
        for (Report.SizeReport size : report.sizes()) {
            Report.BackToBackReport b = size.backToBack();
            if (b != null) {
                rows.add(List.of(
                        size.size(),
                        Words.burst(b),
                        Words.number(b.deviation()),
                        String.valueOf(b.repetitions()),
                        Words.rate(b.rate()),
                        b.unlimited() ? "" : Words.rate(b.queue()),
                        b.unlimited() ? "" : Words.number(1e3 * b.queueSeconds())));
            }
        }
        if (!rows.isEmpty()) {
            table(
                    "Back-to-back frames",
                    List.of(
                            "size",
                            "longest burst, frames",
                            "standard deviation",
                            "repetitions",
                            "at frames/s",
                            "frames held",
                            "buffer, ms"),
                    rows);
        }
    }

    private void others() {
        List<List<String>> rows = new ArrayList<>();
        for (Report.SizeReport size : report.sizes()) {
            if (size.recovery() != null) {
                rows.add(List.of(
                        size.size(),
                        "recovery from " + Words.rate(size.recovery().overload()) + " frames/s",
                        Words.recovery(size.recovery()),
                        String.valueOf(size.recovery().lost())));
            }
            if (size.reset() != null) {
                rows.add(List.of(
                        size.size(),
                        "reset by " + size.reset().command(),
                        Words.number(1e3 * size.reset().seconds()) + " ms",
                        String.valueOf(size.reset().lost())));
            }
        }
        if (!rows.isEmpty()) {
            table("Recovery and reset", List.of("size", "", "without service", "frames lost"), rows);
        }
    }

    private void trace() {
        out.append("<details><summary>How the throughput was searched</summary>\n");
        for (Report.SizeReport size : report.sizes()) {
            double highest = size.trials().stream()
                    .mapToDouble(Report.TrialReport::offered)
                    .max()
                    .orElse(0);
            List<Chart.Point> points = new ArrayList<>();
            for (Report.TrialReport trial : size.trials()) {
                points.add(new Chart.Point(
                        points.size() + 1,
                        trial.offered(),
                        trial.lossRatio() > 0,
                        Words.rate(trial.offered()) + " frames/s for " + Words.number(trial.seconds()) + " s: "
                                + Words.percent(trial.lossRatio()) + " lost"));
            }
            out.append(Chart.linear(
                            size.size() + " bytes: trials in turn; hollow ones lost frames",
                            "trial",
                            points.size(),
                            "frames/s",
                            highest)
                    .dots("trials", points)
                    .svg());
        }
        out.append("</details>\n");
    }

    private void data() throws IOException {
        String csv = csv();
        out.append(
                        "<details><summary>Raw data</summary>\n<p><a download=\"benchmark.csv\" href=\"data:text/csv;base64,")
                .append(Base64.getEncoder().encodeToString(csv.getBytes(StandardCharsets.UTF_8)))
                .append(
                        "\">CSV</a>; the JSON is in this file, and <code>ifqd benchmark --compare</code> reads it.</p>\n<pre>")
                .append(Html.text(csv))
                .append("</pre></details>\n")
                .append(ReportFile.embedded(report))
                .append("\n");
    }

    /** All trials of the search; what a spreadsheet wants. */
    private String csv() {
        StringBuilder csv = new StringBuilder("size,rate,offered,seconds,sent,lost,missed_by_tester\n");
        for (Report.SizeReport size : report.sizes()) {
            for (Report.TrialReport t : size.trials()) {
                csv.append(size.size())
                        .append(',')
                        .append(t.rate())
                        .append(',')
                        .append(t.offered())
                        .append(',')
                        .append(t.seconds())
                        .append(',')
                        .append(t.sent())
                        .append(',')
                        .append(t.lost())
                        .append(',')
                        .append(t.missedByTester())
                        .append('\n');
            }
        }
        return csv.toString();
    }

    private static List<List<String>> entries(Map<String, String> map) {
        return map.entrySet().stream()
                .map(e -> List.of(e.getKey(), e.getValue()))
                .toList();
    }

    private void table(String title, List<String> head, List<List<String>> rows) {
        out.append("<h2>").append(Html.text(title)).append("</h2>\n<div class=\"wide\"><table>\n");
        if (head.stream().anyMatch(cell -> !cell.isEmpty())) {
            out.append("<thead><tr>");
            head.forEach(cell ->
                    out.append("<th scope=\"col\">").append(Html.text(cell)).append("</th>"));
            out.append("</tr></thead>\n");
        }
        out.append("<tbody>\n");
        for (List<String> row : rows) {
            out.append("<tr><th scope=\"row\">")
                    .append(Html.text(row.getFirst()))
                    .append("</th>");
            row.stream()
                    .skip(1)
                    .forEach(cell -> out.append("<td>").append(Html.text(cell)).append("</td>"));
            out.append("</tr>\n");
        }
        out.append("</tbody></table></div>\n");
    }
}
