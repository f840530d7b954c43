package org.ifqd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.ifqd.benchmark.Benchmark;
import org.ifqd.benchmark.BenchmarkConfig;
import org.ifqd.benchmark.Comparison;
import org.ifqd.benchmark.Report;
import org.ifqd.benchmark.ReportFile;
import org.ifqd.benchmark.ReportText;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.Libc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ifqd benchmark}: measures any device between two interfaces, and compares two reports. */
@Command(
        name = "benchmark",
        description = {
            "Measures the device between two interfaces: throughput (RFC 2544, searched by MLRsearch), latency, frame loss"
                    + " rate, back-to-back frames (RFC 9004), recovery, reset. Order, duplicates and content are verified in"
                    + " every trial.",
            "With --compare, says what changed between two reports."
        },
        footer = {
            "",
            "An interface of another network namespace is written NETNS/IF. Progress goes to standard error.",
            "Exit status: 0 measured; 1 the device reordered, duplicated or changed frames, or the run failed or was stopped;"
                    + " 2 usage."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BenchmarkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "2",
            paramLabel = "OUT IN",
            completionCandidates = InterfaceNames.class,
            hideParamSyntax = true,
            description = "Where frames are sent, and where they are received; with --compare two reports.")
    private List<String> ends = new ArrayList<>();

    @Mixin
    private BenchmarkOptions options;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the report: one page if it ends in .html, else JSON; an existing file is replaced.")
    private Path report;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    @Option(names = "--compare", description = "Compare two reports, .html or JSON, instead of measuring.")
    private boolean compare;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (compare) {
            Comparison.print(read(ends.getFirst()), read(ends.getLast()), out);
            return 0;
        }
        BenchmarkConfig config = options.config(ends.getFirst(), ends.getLast());
        checkReport();
        PrintWriter err = spec.commandLine().getErr();
        Consumer<String> progress = line -> {
            err.println(line);
            err.flush();
        };
        Benchmark benchmark = new Benchmark(Libc.system(), config, progress);
        progress.accept("benchmark: " + config.out() + (config.both() ? " <-> " : " -> ") + config.in() + ", about "
                + duration(config.expectedSeconds()));
        StopSignals.handle(benchmark::stop);
        Report result = benchmark.run();
        if (json) {
            out.println(ReportFile.json(result));
            out.flush();
        } else {
            ReportText.print(result, out);
        }
        if (report != null) {
            ReportFile.write(result, report);
        }
        return result.complete() && !result.isFaulty() ? 0 : 1;
    }

    /** Now, not in hours. */
    private void checkReport() {
        if (report == null) {
            return;
        }
        Path folder = report.toAbsolutePath().getParent();
        if (Files.isDirectory(report) || folder == null) {
            throw new ConfigException("--report " + report + ": is a directory; name a file");
        }
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new ConfigException(
                    "--report " + report + ": there is no such directory, or it cannot be written to");
        }
    }

    private static String duration(double seconds) {
        return seconds < 90 ? Math.max(1, Math.round(seconds)) + " seconds" : Math.round(seconds / 60) + " minutes";
    }

    private static Report read(String file) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new ConfigException("--compare " + file + ": there is no such file, or it cannot be read");
        }
        return ReportFile.read(path);
    }
}
