package org.ifqd.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ifqd drain}: ends a running daemon as SIGTERM does, and waits until all is sent. */
@Command(
        name = "drain",
        description =
                "Has a running ifqd stop receiving, send what it has (for 5 seconds at most) and end; returns when that is"
                        + " done. Exit status 0 if every frame is accounted for.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Override
    public Integer call() throws IOException {
        Map<String, Object> answer = control.ask(Map.of("command", "drain"));
        spec.commandLine().getOut().printf("unaccounted %s%n", answer.get("unaccounted"));
        if (!"".equals(answer.get("stuck"))) {
            throw new IOException(answer.get("stuck") + " did not end; the rest of its frames was not sent");
        }
        return Integer.valueOf(0).equals(answer.get("unaccounted"))
                        || Long.valueOf(0).equals(answer.get("unaccounted"))
                ? 0
                : 1;
    }
}
