package org.ifqd.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.ifqd.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/** A report survives its files, stands alone as a page, and two of them are told apart. */
class ReportFileTest {
    @TempDir
    private Path folder;

    static Report report(double lower, String label) {
        Report.Throughput strict = new Report.Throughput(0, 0, lower, lower * 1.004, lower, Report.Limit.DEVICE);
        Report.Throughput partial = new Report.Throughput(0.005, 0, lower * 2, null, lower * 2, Report.Limit.TESTER);
        Report.Latency latency = new Report.Latency(
                0.5,
                lower / 2,
                0,
                1000,
                4.5,
                10,
                900,
                3,
                List.of(
                        new Report.Percentile(0, 4.5),
                        new Report.Percentile(50, 9),
                        new Report.Percentile(99, 120),
                        new Report.Percentile(99.9, 700),
                        new Report.Percentile(100, 900)));
        Report.SizeReport size = new Report.SizeReport(
                "64",
                64,
                lower * 3,
                List.of(strict, partial),
                List.of(latency),
                List.of(new Report.LossPoint(1, lower * 3, 100, 66), new Report.LossPoint(0.1, lower * 0.3, 10, 0)),
                new Report.BackToBackReport(5, false, 1000, 990, 1010, 7, lower * 3, 667, 0.01),
                new Report.RecoveryReport(lower * 1.1, lower / 2, 12, 0.002),
                new Report.ResetReport("true </script> & \"more\"", lower / 2, 0, 0),
                new Report.Faults(0, 0, 0),
                List.of(
                        new Report.TrialReport(0, lower * 3, 1, 100, 66, 0),
                        new Report.TrialReport(lower, lower, 60, 100, 0, 0)));
        return new Report(
                Report.FORMAT,
                label,
                "2026-11-30T00:00:00Z",
                true,
                true,
                "",
                false,
                Map.of("from", "eth1", "to", "eth2"),
                Map.of("flows", "1"),
                List.of(size));
    }

    @Test
    void jsonAndHtmlKeepEverything() throws IOException {
        Report report = report(100_000, "a <device> & more");
        for (String name : List.of("r.json", "r.html")) {
            Path file = folder.resolve(name);
            ReportFile.write(report, file);
            assertEquals(report, ReportFile.read(file), name);
        }
    }

    @Test
    void pageAsksForNothingAndShowsWhatItIsGiven() throws Exception {
        Path file = folder.resolve("r.html");
        ReportFile.write(report(100_000, "<img src=x onerror=alert(1)>"), file);
        String page = Files.readString(file);
        assertFalse(page.contains("<img"), "a label is text");
        assertFalse(page.contains("http://") || page.contains("https://") || page.contains("url("), "no request");
        assertEquals(1, page.split("<script", -1).length - 1, "nothing but the data is in a script element");
        assertTrue(page.contains("100,000") && page.contains("≥ 200,000") && page.contains("990 – 1,010"), page);
        // Every figure is well-formed.
        int figures = 0;
        for (int at = page.indexOf("<svg viewBox"); at >= 0; at = page.indexOf("<svg viewBox", at + 1)) {
            String svg = page.substring(at, page.indexOf("</svg>", at) + 6);
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
            assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
            figures++;
        }
        assertTrue(figures >= 4, figures + " figures");
    }

    @Test
    void reportOfNothingIsAPageToo() throws IOException {
        Report nothing = new Report(
                Report.FORMAT,
                "",
                "2026-11-30T00:00:00Z",
                false,
                false,
                "eth1: gone",
                true,
                Map.of(),
                Map.of(),
                List.of());
        Path file = folder.resolve("r.html");
        ReportFile.write(nothing, file);
        assertTrue(Files.readString(file).contains("It failed before the end: eth1: gone."));
        assertEquals(nothing, ReportFile.read(file));
    }

    @Test
    void comparisonSaysMoreThanWhatTheSearchLeavesOpen() {
        assertTrue(compare(100_000, 100_300).contains("the same as far as known"));
        assertTrue(compare(100_000, 110_000).contains("B is faster"));
        assertTrue(compare(110_000, 100_000).contains("A is faster"));
        assertTrue(compare(100_000, 110_000).contains("1.100"));
    }

    private static String compare(double a, double b) {
        StringWriter text = new StringWriter();
        Comparison.print(report(a, "one"), report(b, "two"), new PrintWriter(text));
        return text.toString();
    }

    @Test
    void filesThatAreNoReport() throws IOException {
        for (String text : List.of("", "{}", "[1]", "not json", "{\"format\":2,\"sizes\":[]}", "<html></html>")) {
            Path file = Files.writeString(folder.resolve("x.json"), text);
            ConfigException e = assertThrows(ConfigException.class, () -> ReportFile.read(file), text);
            assertTrue(
                    e.getMessage().contains("x.json") && e.getMessage().lines().count() == 1, e::getMessage);
        }
    }
}
