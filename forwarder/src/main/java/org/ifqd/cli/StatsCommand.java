package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.ifqd.control.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ifqd stats}: the counters of a running daemon. */
@Command(
        name = "stats",
        description = "Shows the counters of a running ifqd.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class StatsCommand implements Callable<Integer> {
    private static final long PERIOD_MS = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "One JSON object, for machines.")
    private boolean json;

    @Option(names = "--watch", description = "Again every second, with rates, until interrupted or the daemon ends.")
    private boolean watch;

    @Mixin
    private ControlOption control;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (ControlClient client = control.connect()) {
            StatsTable table = new StatsTable();
            while (true) {
                String answer = client.ask("stats");
                if (json) {
                    out.println(answer);
                } else {
                    table.print(out, new StatsNode(JSON.std.mapFrom(answer)), System.nanoTime());
                }
                out.flush();
                if (!watch) {
                    return 0;
                }
                TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
            }
        }
    }
}
