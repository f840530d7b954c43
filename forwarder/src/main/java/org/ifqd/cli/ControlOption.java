package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.ifqd.config.DaemonConfig;
import org.ifqd.control.ControlClient;
import picocli.CommandLine.Option;

/** {@code --control}, of all commands that ask a running daemon. */
final class ControlOption {
    @Option(
            names = "--control",
            paramLabel = "PATH",
            defaultValue = DaemonConfig.DEFAULT_CONTROL,
            description = "Control socket of the daemon (default ${DEFAULT-VALUE}).")
    private Path path;

    Path path() {
        return path;
    }

    /** @throws org.ifqd.config.ConfigException when no daemon serves the path */
    ControlClient connect() {
        return new ControlClient(path);
    }

    /** Asks once. @throws IOException when the daemon has gone away, or refuses */
    Map<String, Object> ask(Map<String, Object> request) throws IOException {
        try (ControlClient client = connect()) {
            return JSON.std.mapFrom(client.ask(request));
        }
    }
}
