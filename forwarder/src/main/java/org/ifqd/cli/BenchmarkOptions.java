package org.ifqd.cli;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.ifqd.benchmark.BenchmarkConfig;
import org.ifqd.benchmark.Goal;
import org.ifqd.benchmark.Measurement;
import org.ifqd.benchmark.Sizes;
import org.ifqd.config.ConfigException;
import org.ifqd.probe.ProbePort;
import picocli.CommandLine.Option;

/** The options of {@code ifqd benchmark} that say what is measured and for how long. */
final class BenchmarkOptions {
    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = Sizes.ETHERNET,
            description =
                    "Sizes with FCS, as RFC 2544 writes them (Linux shows four bytes less), and imix: seven of 64, four of"
                            + " 594, one of 1518 (default ${DEFAULT-VALUE}).")
    private String sizes;

    @Option(
            names = "--tests",
            split = ",",
            paramLabel = "TEST",
            description =
                    "throughput, latency, loss, back-to-back, recovery, reset (default: all but the last, which needs"
                            + " --reset). The throughput is always measured: the others begin with it.")
    private List<String> tests = new ArrayList<>();

    @Option(names = "--both", description = "Both directions at once; rates are those of each.")
    private boolean both;

    @Option(
            names = "--quick",
            description = "Trials of 2 seconds and 5 bursts: minutes instead of hours, and marked as not conformant.")
    private boolean quick;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of a trial (default 60; 2 with --quick).")
    private Double seconds;

    @Option(
            names = "--bursts",
            paramLabel = "N",
            description = "Searches for the longest burst (default 50; 5 with --quick).")
    private Integer bursts;

    @Option(
            names = "--loss-ratio",
            split = ",",
            paramLabel = "R",
            description = "Loss up to which a trial is good, 0 to below 1; several are searched in turn (default 0).")
    private List<Double> lossRatios = new ArrayList<>();

    @Option(
            names = "--exceed-ratio",
            paramLabel = "R",
            defaultValue = "0",
            description = "Which part of the time trials may be worse: 0.5 on a machine with other work (default"
                    + " ${DEFAULT-VALUE}).")
    private double exceedRatio;

    @Option(
            names = "--max-rate",
            paramLabel = "PPS",
            defaultValue = "0",
            description = "Highest load, frames a second and direction (default: what the line or the sender can).")
    private double highestRate;

    @Option(
            names = "--line-rate",
            paramLabel = "BITS",
            defaultValue = "0",
            description = "Of the line, bits a second: 10G (default: unknown, what the sender can).")
    private double lineRate;

    @Option(
            names = "--flows",
            paramLabel = "N",
            defaultValue = "1",
            description = "As of probe (default ${DEFAULT-VALUE}).")
    private int flows;

    @Option(
            names = "--reset",
            paramLabel = "COMMAND",
            defaultValue = "",
            description = "Resets the device, by sh -c; run while half the throughput is offered.")
    private String reset;

    @Option(names = "--label", paramLabel = "TEXT", defaultValue = "", description = "The device's name in the report.")
    private String label;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "1",
            description = "Seconds without a frame after which none is waited for any more (default ${DEFAULT-VALUE}).")
    private double timeout;

    @Option(
            names = "--rx-ring",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            description = "Each receive ring (default ${DEFAULT-VALUE}).")
    private String rxRing;

    BenchmarkConfig config(String out, String in) {
        double trial =
                seconds != null ? seconds : quick ? BenchmarkConfig.QUICK_TRIAL_SECONDS : BenchmarkConfig.TRIAL_SECONDS;
        if (!(timeout > 0 && timeout <= 60)) {
            throw new ConfigException("--timeout " + timeout + ": must be above 0 and at most 60 seconds");
        }
        if (flows < 1 || flows > 1 << 16) {
            throw new ConfigException("--flows " + flows + ": must be 1 to 65536");
        }
        List<Double> ratios = lossRatios.isEmpty() ? List.of(0.0) : lossRatios;
        List<Goal> goals = ratios.stream()
                .map(ratio -> BenchmarkConfig.goal(ratio, exceedRatio, trial))
                .toList();
        return new BenchmarkConfig(
                ProbePort.parse(out),
                ProbePort.parse(in),
                label,
                both,
                Sizes.parse(sizes),
                measurements(),
                highestRate,
                lineRate,
                goals,
                trial,
                bursts != null ? bursts : quick ? BenchmarkConfig.QUICK_BURSTS : BenchmarkConfig.BURSTS,
                reset,
                flows,
                timeout,
                Amount.bytes("--rx-ring", rxRing));
    }

    private Set<Measurement> measurements() {
        EnumSet<Measurement> chosen = EnumSet.of(Measurement.THROUGHPUT);
        for (String test : tests) {
            try {
                chosen.add(Measurement.valueOf(
                        test.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(
                        "--tests " + test + ": not one of throughput, latency, loss, back-to-back, recovery, reset");
            }
        }
        if (tests.isEmpty()) {
            chosen.addAll(EnumSet.allOf(Measurement.class));
            chosen.remove(Measurement.RESET);
        }
        if (!reset.isEmpty()) {
            chosen.add(Measurement.RESET);
        }
        return chosen;
    }
}
