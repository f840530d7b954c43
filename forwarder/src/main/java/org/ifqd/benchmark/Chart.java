package org.ifqd.benchmark;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.ifqd.stats.Scaled;

/**
 * A plot as SVG, written by hand: four kinds of plot need axes, lines and dots, which is less to keep than a library.
 * Colours come from the page's style sheet by class; dashes and shapes tell series apart in print too.
 *
 * <p><b>Threading:</b> one thread.
 */
final class Chart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int LEFT = 64;
    private static final int RIGHT = 30;
    private static final int TOP = 14;
    private static final int BOTTOM = 44;
    private static final int TICKS = 6;
    private static final double HEADROOM = 1.08;

    /** How a value becomes a place. */
    private record Axis(String title, List<Tick> ticks, double low, double high, DoubleUnaryOperator scale) {
        double part(double value) {
            double from = scale.applyAsDouble(low);
            double to = scale.applyAsDouble(high);
            return to == from ? 0 : (scale.applyAsDouble(value) - from) / (to - from);
        }
    }

    /** A mark on an axis. */
    record Tick(double at, String text) {}

    /** A point of a series; hollow ones are those that failed. */
    record Point(double x, double y, boolean hollow, String title) {}

    private final String title;
    private final Axis x;
    private final Axis y;
    private final StringBuilder marks = new StringBuilder();
    private final List<String> names = new ArrayList<>();

    private Chart(String title, Axis x, Axis y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /** Linear on both axes, from 0. */
    static Chart linear(String title, String xTitle, double xHigh, String yTitle, double yHigh) {
        return new Chart(title, linear(xTitle, xHigh), linear(yTitle, yHigh));
    }

    /** Named places on the x axis, in turn from 0 on; linear on the other, from 0. */
    static Chart named(String title, String xTitle, List<String> xNames, String yTitle, double yHigh) {
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < xNames.size(); i++) {
            ticks.add(new Tick(i, xNames.get(i)));
        }
        Axis x = new Axis(xTitle, ticks, -0.5, xNames.size() - 0.5, v -> v);
        return new Chart(title, x, linear(yTitle, yHigh));
    }

    /** Percentiles as HdrHistogram draws them, each nine as wide as the one before; logarithmic on the other. */
    static Chart percentiles(String title, double highest, String yTitle, double yLow, double yHigh) {
        List<Tick> ticks = new ArrayList<>();
        for (double percent : new double[] {0, 90, 99, 99.9, 99.99, 99.999}) {
            if (percent <= highest) {
                ticks.add(new Tick(
                        percent,
                        BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString() + " %"));
            }
        }
        Axis x = new Axis("percentile", ticks, 0, highest, v -> -Math.log10(1 - v / 100));
        return new Chart(title, x, logarithmic(yTitle, yLow, yHigh));
    }

    private static Axis linear(String title, double high) {
        double top = high > 0 ? high * HEADROOM : 1;
        double step = niceStep(top / TICKS);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= top; i++) {
            ticks.add(new Tick(i * step, tickText(i * step)));
        }
        return new Axis(title, ticks, 0, top, v -> v);
    }

    private static Axis logarithmic(String title, double low, double high) {
        double bottom = Math.pow(10, Math.floor(Math.log10(Math.max(low, 1e-3))));
        double top = Math.max(bottom * 10, Math.pow(10, Math.ceil(Math.log10(Math.max(high, 1e-3)))));
        List<Tick> ticks = new ArrayList<>();
        for (double at = bottom; at <= top * 1.001; at *= 10) {
            ticks.add(new Tick(at, tickText(at)));
        }
        return new Axis(title, ticks, bottom, top, v -> Math.log10(Math.max(v, 1e-9)));
    }

    private static double niceStep(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        for (double factor : new double[] {1, 2, 5}) {
            if (power * factor >= atLeast) {
                return power * factor;
            }
        }
        return power * 10;
    }

    private static String tickText(double value) {
        return value >= 1000 || value == Math.rint(value) ? Scaled.of(value) : Words.digits(value);
    }

    /** A line through the points, with a dot at each. */
    Chart line(String name, List<Point> points) {
        int series = names.size();
        names.add(name);
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L').append(at(point));
        }
        marks.append("<path class=\"line s%d\" d=\"%s\"/>\n".formatted(series, path));
        points.forEach(point -> dot(series, point));
        return this;
    }

    /** Dots only. */
    Chart dots(String name, List<Point> points) {
        int series = names.size();
        names.add(name);
        points.forEach(point -> dot(series, point));
        return this;
    }

    /** An upright bar from 0 for each point; several series stand side by side. */
    Chart bars(String name, List<Point> points, int series, int seriesInAll) {
        names.add(name);
        double width = 0.7 / seriesInAll;
        for (Point point : points) {
            double left = point.x - 0.35 + series * width;
            double top = placeY(point.y);
            marks.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"bar s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">%s</rect>%n",
                    series,
                    placeX(left),
                    top,
                    placeX(left + width * 0.92) - placeX(left),
                    Math.max(0.5, placeY(0) - top),
                    tooltip(point)));
        }
        return this;
    }

    /** A short horizontal line at each point, such as a limit. */
    Chart limits(List<Point> points) {
        for (Point point : points) {
            marks.append(String.format(
                    Locale.ROOT,
                    "<path class=\"limit\" d=\"M%.1f %.1fH%.1f\">%s</path>%n",
                    placeX(point.x - 0.42),
                    placeY(point.y),
                    placeX(point.x + 0.42),
                    tooltip(point)));
        }
        return this;
    }

    private void dot(int series, Point point) {
        marks.append(String.format(
                Locale.ROOT,
                "<circle class=\"%s s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\">%s</circle>%n",
                point.hollow ? "hollow" : "dot",
                series,
                placeX(point.x),
                placeY(point.y),
                tooltip(point)));
    }

    private static String tooltip(Point point) {
        return point.title.isEmpty() ? "" : "<title>" + Html.text(point.title) + "</title>";
    }

    private String at(Point point) {
        return String.format(Locale.ROOT, "%.1f %.1f", placeX(point.x), placeY(point.y));
    }

    private double placeX(double value) {
        return LEFT + x.part(value) * (WIDTH - LEFT - RIGHT);
    }

    private double placeY(double value) {
        return HEIGHT - BOTTOM - y.part(value) * (HEIGHT - TOP - BOTTOM);
    }

    /** The figure with its caption and, if there are several series, its legend. */
    String svg() {
        StringBuilder out = new StringBuilder();
        out.append("<figure><figcaption>").append(Html.text(title)).append("</figcaption>\n");
        out.append("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
                .formatted(WIDTH, HEIGHT, Html.text(title)));
        for (Tick tick : y.ticks) {
            double at = placeY(tick.at);
            out.append(String.format(
                    Locale.ROOT,
                    "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\" "
                            + "text-anchor=\"end\">%s</text>%n",
                    LEFT,
                    at,
                    WIDTH - RIGHT,
                    LEFT - 6,
                    at + 4,
                    Html.text(tick.text)));
        }
        for (Tick tick : x.ticks) {
            out.append(String.format(
                    Locale.ROOT,
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    placeX(tick.at),
                    HEIGHT - BOTTOM + 16,
                    Html.text(tick.text)));
        }
        out.append("<text class=\"title\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                .formatted((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Html.text(x.title)));
        int middle = (TOP + HEIGHT - BOTTOM) / 2;
        out.append("<text class=\"title\" transform=\"translate(14 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n"
                .formatted(middle, Html.text(y.title)));
        out.append(marks).append("</svg>\n");
        if (names.size() > 1) {
            out.append("<p class=\"legend\">");
            for (int i = 0; i < names.size(); i++) {
                out.append(
                        "<span><svg viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path class=\"line s%d\" d=\"M0 5H28\"/></svg> %s</span> "
                                .formatted(i, Html.text(names.get(i))));
            }
            out.append("</p>\n");
        }
        return out.append("</figure>\n").toString();
    }
}
