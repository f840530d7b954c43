package org.ifqd.benchmark;

import java.io.File;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;

/**
 * One run: all that was asked for, size by size. Stopped early, it reports what it has.
 *
 * <p><b>Threading:</b> one thread runs; {@link #stop} from any.
 */
public final class Benchmark {
    private static final double[] LATENCY_FRACTIONS = {0.1, 0.5, 0.9, 1};
    private static final double[] PERCENTILES = {0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100};
    private static final double LONGEST_BURST_SECONDS = 2; // RFC 2544, 26.4: trials of two seconds
    private static final double WARM_UP_SECONDS = 1;
    private static final double RESET_AT = 0.25;
    private static final int RESET_TIMEOUT_SECONDS = 600;

    private final BenchmarkConfig config;
    private final ProbeTester tester;
    private final Consumer<String> progress;
    private Report.Faults faults = new Report.Faults(0, 0, 0);

    /**
     * Looks whether both interfaces are there and up.
     *
     * @param progress takes a line for each trial
     */
    public Benchmark(Libc libc, BenchmarkConfig config, Consumer<String> progress) {
        config.out().link(libc);
        config.in().link(libc);
        this.config = config;
        this.tester = new ProbeTester(libc, config);
        this.progress = progress;
    }

    /** Ends it at once; what is complete by then is reported. */
    public void stop() {
        tester.stop();
    }

    /**
     * Runs to the end, or until it is stopped or fails.
     *
     * @throws IOException as ErrnoException, if it failed before the first size was measured; later the report says it
     */
    public Report run() throws IOException {
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        List<Report.SizeReport> sizes = new ArrayList<>();
        boolean complete = true;
        String failure = "";
        try {
            // Machine code of ours and caches of everybody's; and a wrong size is refused before the first hour.
            for (Sizes size : config.sizes()) {
                tester.run(Trial.of(
                        size.frames(),
                        config.highestLoad(size),
                        WARM_UP_SECONDS / config.sizes().size()));
            }
            for (Sizes size : config.sizes()) {
                sizes.add(measure(size));
            }
        } catch (InterruptedException e) {
            complete = false;
        } catch (ErrnoException | ConfigException | IOException e) {
            if (sizes.isEmpty()) {
                throw e;
            }
            complete = false; // what was measured in the hours before is not lost
            failure = e.getMessage();
        }
        return new Report(
                Report.FORMAT,
                config.label(),
                started.toString(),
                config.isConformant(),
                complete,
                failure,
                config.both(),
                Facts.of(config),
                settings(),
                sizes);
    }

    private Map<String, String> settings() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("trial seconds", number(config.trialSeconds()));
        map.put(
                "loss ratios",
                config.goals().stream().map(g -> number(g.lossRatio())).collect(Collectors.joining(", ")));
        map.put("exceed ratio", number(config.goals().getFirst().exceedRatio()));
        map.put("width of the search", number(config.goals().getFirst().width()));
        map.put("bursts", String.valueOf(config.bursts()));
        map.put("flows", String.valueOf(config.flows()));
        map.put("line rate, bit/s", config.lineRate() == 0 ? "unknown" : number(config.lineRate()));
        map.put("highest rate, frames/s", config.highestRate() == 0 ? "not limited" : number(config.highestRate()));
        return map;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : String.valueOf(value);
    }

    private Report.SizeReport measure(Sizes size) throws InterruptedException, IOException {
        faults = new Report.Faults(0, 0, 0);
        List<Report.TrialReport> trials = new ArrayList<>();
        Tester counting = trial -> {
            TrialResult result = tester.run(trial);
            faults = faults.plus(result);
            progress.accept(line(size, trial, result));
            return result;
        };
        Tester traced = trial -> {
            TrialResult result = counting.run(trial);
            trials.add(Report.TrialReport.of(trial, result));
            return result;
        };
        RateSearch search = new RateSearch(traced, size.frames(), config.highestLoad(size));
        List<Report.Throughput> throughput = search.search(config.goals());
        Report.Throughput first = throughput.getFirst();
        List<Report.Latency> latency = new ArrayList<>();
        List<Report.LossPoint> loss = List.of();
        Report.BackToBackReport burst = null;
        Report.RecoveryReport recovery = null;
        Report.ResetReport reset = null;
        double rate = first.lower();
        if (asked(Measurement.LATENCY) && rate > 0) {
            for (double fraction : LATENCY_FRACTIONS) {
                latency.add(latency(counting, size, fraction, rate * fraction));
            }
        }
        if (asked(Measurement.LOSS)) {
            loss = LossCurve.measure(counting, size.frames(), search.most(), config.trialSeconds());
        }
        if (asked(Measurement.BACK_TO_BACK) && first.limit() == Report.Limit.DEVICE) {
            long longest = (long) (search.most() * LONGEST_BURST_SECONDS);
            burst = new BackToBack(counting, size.frames(), longest).measure(config.bursts(), rate);
        }
        if (asked(Measurement.RECOVERY) && first.limit() == Report.Limit.DEVICE) {
            recovery = Recovery.measure(counting, size.frames(), rate, config.trialSeconds(), config.trialSeconds());
        }
        if (asked(Measurement.RESET) && rate > 0) {
            reset = reset(counting, size, rate / 2);
        }
        return new Report.SizeReport(
                size.name(),
                size.averageBytes(),
                search.most(),
                throughput,
                latency,
                loss,
                burst,
                recovery,
                reset,
                faults,
                trials);
    }

    private boolean asked(Measurement measurement) {
        return config.measurements().contains(measurement);
    }

    private static String line(Sizes size, Trial trial, TrialResult result) {
        String what = trial.frames() > 0
                ? trial.frames() + " frames at " + Math.round(result.offered()) + "/s"
                : Math.round(result.offered()) + "/s for " + number(trial.seconds()) + " s";
        String shortfall = result.fellShort() ? ", the sender fell short of " + Math.round(trial.rate()) + "/s" : "";
        String missed = result.missed() > 0 ? ", " + result.missed() + " not seen by the tester itself" : "";
        return size.name() + ": " + what + ": "
                + (result.lost() == 0
                        ? "none lost"
                        : String.format(Locale.ROOT, "%d lost (%.3g %%)", result.lost(), 100 * result.lossRatio()))
                + shortfall + missed;
    }

    private Report.Latency latency(Tester counting, Sizes size, double fraction, double rate)
            throws InterruptedException {
        TrialResult result = counting.run(Trial.of(size.frames(), rate, config.trialSeconds()));
        Histogram histogram = result.latencyNs();
        List<Report.Percentile> curve = new ArrayList<>();
        for (double percent : histogram.getTotalCount() == 0 ? new double[0] : PERCENTILES) {
            curve.add(new Report.Percentile(percent, histogram.getValueAtPercentile(percent) / 1e3));
        }
        return new Report.Latency(
                fraction,
                result.offered(),
                result.lossRatio(),
                histogram.getTotalCount(),
                histogram.getTotalCount() == 0 ? 0 : histogram.getMinValue() / 1e3,
                histogram.getMean() / 1e3,
                histogram.getMaxValue() / 1e3,
                result.lateNs().getValueAtPercentile(99) / 1e3,
                curve);
    }

    /** The command runs while frames flow; frames that were lost are time without service. */
    private Report.ResetReport reset(Tester counting, Sizes size, double rate)
            throws InterruptedException, IOException {
        String command = config.resetCommand();
        CompletableFuture<String> ended = CompletableFuture.supplyAsync(
                () -> shell(command),
                CompletableFuture.delayedExecutor(
                        (long) (config.trialSeconds() * RESET_AT * 1e3), TimeUnit.MILLISECONDS));
        TrialResult result = counting.run(Trial.of(size.frames(), rate, config.trialSeconds()));
        String failure = ended.join();
        if (!failure.isEmpty()) {
            throw new IOException("--reset '" + command + "': " + failure);
        }
        return new Report.ResetReport(command, rate, result.lost(), result.lossRatio() * result.seconds());
    }

    /** Returns why it failed, or nothing. */
    private static String shell(String command) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            if (!process.waitFor(RESET_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "still running after " + RESET_TIMEOUT_SECONDS + " s";
            }
            return process.exitValue() == 0 ? "" : "status " + process.exitValue();
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
