package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.netlink.NetlinkFormatException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ifqd interfaces [--json]}: the interfaces that could be bridged, and what stands in the way.
 *
 * <p>The loopback device is left out, see {@link InterfaceSurvey}. Exit status 0, or 1 with one line that says what
 * failed.
 */
@Command(
        name = "interfaces",
        description =
                "NICs that could be bridged: driver, link, MTU, queues, offloads, native XDP, what stands in the way",
        mixinStandardHelpOptions = true)
public final class InterfacesCommand implements Callable<Integer> {
    private final Callable<List<InterfaceReport>> survey;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print one JSON object instead of a table")
    private boolean json;

    /** Looks at the interfaces of this process's network namespace when called. */
    public InterfacesCommand() {
        this(InterfaceSurvey::take);
    }

    InterfacesCommand(Callable<List<InterfaceReport>> survey) {
        this.survey = survey;
    }

    @Override
    public Integer call() throws Exception {
        List<InterfaceReport> reports;
        try {
            reports = survey.call();
        } catch (ErrnoException | NetlinkFormatException | LinkageError e) {
            spec.commandLine().getErr().println("ifqd interfaces: " + e.getMessage());
            return 1;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(reports));
        } else {
            new InterfacesTable(reports).print(out);
        }
        out.flush();
        return 0;
    }

    private static String json(List<InterfaceReport> reports) throws IOException {
        return JSON.std.asString(
                Map.of("interfaces", reports.stream().map(InterfaceReport::json).toList()));
    }
}
