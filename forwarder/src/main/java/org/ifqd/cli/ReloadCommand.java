package org.ifqd.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ifqd reload}: has a running daemon read its file again. */
@Command(
        name = "reload",
        description =
                "Has a running ifqd read its configuration file again. Pairs whose settings are the same are not touched; a"
                        + " file with errors changes nothing.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReloadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Override
    public Integer call() throws IOException {
        Map<String, Object> answer = control.ask(Map.of("command", "reload"));
        PrintWriter out = spec.commandLine().getOut();
        if (answer.get("changes") instanceof List<?> changes && !changes.isEmpty()) {
            changes.forEach(out::println);
        } else {
            out.println("no port is concerned");
        }
        return 0;
    }
}
