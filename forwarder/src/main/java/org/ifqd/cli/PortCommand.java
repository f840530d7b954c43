package org.ifqd.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ifqd port}: takes one port of a running daemon out, or in again. */
@Command(
        name = "port",
        description =
                "Takes a port of a running daemon down, or up again: down, it neither receives nor sends, and frames for"
                        + " it are dropped and counted (notRunning). The interface itself stays as it is.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PortCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "IF",
            completionCandidates = InterfaceNames.class,
            description = "The port, for example eth1.")
    private String port;

    @Parameters(index = "1", paramLabel = "up|down", description = "${COMPLETION-CANDIDATES}")
    private State state;

    @Mixin
    private ControlOption control;

    private enum State {
        up,
        down
    }

    @Override
    public Integer call() throws IOException {
        Map<String, Object> answer = control.ask(Map.of("command", "port", "port", port, "state", state.name()));
        spec.commandLine().getOut().printf("%s %s%n", answer.get("port"), answer.get("state"));
        return 0;
    }
}
