package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.Libc;
import org.ifqd.probe.DirectionReport;
import org.ifqd.probe.Probe;
import org.ifqd.probe.ProbeConfig;
import org.ifqd.probe.ReportJson;
import org.ifqd.probe.ReportTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ifqd probe}: sends numbered frames out of one interface and verifies them at another. */
@Command(
        name = "probe",
        description = {
            "Sends numbered, time-stamped, checksummed frames out of one interface and verifies them at another:"
                    + " lost, reordered per flow, duplicated, corrupted, latency.",
            "Sizes are bytes without FCS, tags included; the smallest is 60 and 4 more for each tag."
        },
        footer = {
            "",
            "An interface of another network namespace is written NETNS/IF.",
            "Latency is from just before the send call to the kernel's receive time stamp; both are CLOCK_REALTIME. A"
                    + " corrupted frame is also counted as lost.",
            "Exit status: 0 clean; 1 something was lost, reordered, duplicated or corrupted, or the run failed; 2 usage."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ProbeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ProbeOptions options;

    @Option(
            names = "--allow-loss",
            description = "Lost frames alone do not make the exit status 1: for tests of overload.")
    private boolean allowLoss;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Option(
            names = "--histogram",
            paramLabel = "FILE",
            description = "Write the latency histograms to a file, in microseconds, in HdrHistogram's .hgrm format.")
    private Path histogram;

    @Override
    public Integer call() throws InterruptedException, IOException {
        ProbeConfig config = options.config();
        List<DirectionReport> reports;
        try (Probe probe = new Probe(Libc.system(), config)) {
            StopSignals.handle(probe::stop);
            announce(config);
            reports = run(probe);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JSON.std
                    .with(JSON.Feature.WRITE_NULL_PROPERTIES)
                    .asString(ReportJson.of(config, reports, allowLoss)));
            out.flush();
        } else {
            ReportTable.print(reports, allowLoss, out);
        }
        if (histogram != null) {
            writeHistograms(reports);
        }
        return reports.stream().allMatch(report -> report.isClean(allowLoss)) ? 0 : 1;
    }

    /** Somebody who looks on sees every second that it goes on. */
    private List<DirectionReport> run(Probe probe) throws InterruptedException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return probe.run();
        }
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            PrintWriter err = spec.commandLine().getErr();
            clock.scheduleAtFixedRate(
                    () -> {
                        err.println("probe: " + probe.progress());
                        err.flush();
                    },
                    1,
                    1,
                    TimeUnit.SECONDS);
            try {
                return probe.run();
            } finally {
                clock.shutdownNow();
            }
        }
    }

    /** From here on frames are received. On stderr with --json, since stdout is one object then. */
    private void announce(ProbeConfig config) {
        PrintWriter to = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        to.println("probe: ready; " + config.summary());
        to.flush();
    }

    private void writeHistograms(List<DirectionReport> reports) throws IOException {
        try (PrintStream to = new PrintStream(Files.newOutputStream(histogram))) {
            for (DirectionReport report : reports) {
                report.writeHistogram(to);
            }
        }
    }
}
