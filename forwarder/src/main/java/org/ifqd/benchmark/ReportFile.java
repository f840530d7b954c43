package org.ifqd.benchmark;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.ifqd.config.ConfigException;

/** Reports on disk: JSON, or the HTML that has the same JSON inside. Any thread. */
public final class ReportFile {
    private static final String BEGIN = "<script type=\"application/json\" id=\"ifqd-benchmark\">";
    private static final String END = "</script>";

    private ReportFile() {}

    /** One JSON object, keys as in {@link Report}. */
    public static String json(Report report) throws IOException {
        return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(report);
    }

    /** The element that {@link #read} finds again. */
    static String embedded(Report report) throws IOException {
        return BEGIN + json(report).replace("<", "\\u003c") + END;
    }

    /** Writes HTML if the name ends so, else JSON. */
    public static void write(Report report, Path file) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        Files.writeString(
                file, name.endsWith(".html") || name.endsWith(".htm") ? HtmlReport.of(report) : json(report) + "\n");
    }

    /** Reads what {@link #write} has written. */
    public static Report read(Path file) throws IOException {
        String text = Files.readString(file);
        int begin = text.indexOf(BEGIN);
        if (begin >= 0) {
            int from = begin + BEGIN.length();
            text = text.substring(from, Math.max(from, text.indexOf(END, from)));
        }
        Report report;
        try {
            report = JSON.std.beanFrom(Report.class, text);
        } catch (IOException e) {
            throw new ConfigException(file + " is not a report of ifqd benchmark: "
                    + e.getMessage().lines().findFirst().orElse("no JSON"));
        }
        if (report == null || report.sizes() == null || report.format() != Report.FORMAT) {
            throw new ConfigException(file + " is not a report of ifqd benchmark, or of another version of it");
        }
        return report;
    }
}
