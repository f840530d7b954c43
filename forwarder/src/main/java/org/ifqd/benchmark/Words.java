package org.ifqd.benchmark;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Figures of a report as people read them, the same in every form of it. Any thread. */
final class Words {
    private Words() {}

    /** Whole, in groups of three. */
    static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,d", Math.round(perSecond));
    }

    static String percent(double ratio) {
        return ratio == 0 ? "0" : digits(100 * ratio) + " %";
    }

    /** Three digits that count, without zeros at the end. */
    static String digits(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros();
        return rounded.scale() > 9 ? String.format(Locale.ROOT, "%.3g", value) : rounded.toPlainString();
    }

    /** Short numbers: 0, 0.5, 12.3, 4567. */
    static String number(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%.0f" : value >= 100 ? "%.1f" : "%.2f", value);
    }

    /** The throughput, with what limited it. */
    static String throughput(Report.Throughput t) {
        return switch (t.limit()) {
            case DEVICE -> rate(t.lower());
            case TESTER, HIGHEST_LOAD -> "≥ " + rate(t.lower());
            case NOTHING_PASSED -> "none";
        };
    }

    /** How sure the figure is. */
    static String uncertainty(Report.Throughput t) {
        return switch (t.limit()) {
            case DEVICE -> String.format(Locale.ROOT, "+%.2g %%", 100 * (t.upper() / t.lower() - 1));
            case TESTER -> "the tester was the limit";
            case HIGHEST_LOAD -> "highest load that was asked for";
            case NOTHING_PASSED -> "frames were lost at every load";
        };
    }

    static String goal(Report.Throughput t) {
        return (t.lossRatio() == 0 ? "no loss" : "loss up to " + percent(t.lossRatio()))
                + (t.exceedRatio() == 0 ? "" : ", worse in " + percent(t.exceedRatio()) + " of the time");
    }

    /** Microseconds at half the throughput: there it is the device's, at all of it the queue's. */
    static String latency(Report.SizeReport size, double percent) {
        return size.latency().stream()
                .filter(l -> l.fraction() == 0.5 && l.frames() > 0)
                .map(l -> number(l.at(percent)))
                .findFirst()
                .orElse("");
    }

    static String burst(Report.BackToBackReport b) {
        if (b.unlimited()) {
            return "≥ " + rate(b.average());
        }
        return rate(b.average()) + " (" + rate(b.min()) + " – " + rate(b.max()) + ")";
    }

    /** Why it is not complete. */
    static String unfinished(Report report) {
        return report.failure() == null || report.failure().isEmpty()
                ? "stopped before the end"
                : "failed before the end: " + report.failure();
    }

    static String recovery(Report.RecoveryReport r) {
        return r.seconds() == null ? "not within the trial" : number(1e3 * r.seconds()) + " ms";
    }
}
