package org.ifqd.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.ConfigFile;
import org.ifqd.config.DaemonConfig;
import org.ifqd.daemon.BridgeDaemon;
import org.ifqd.linux.Libc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ifqd run}: the daemon, configured by a file. */
@Command(
        name = "run",
        description =
                "Forwards as a configuration file says, until SIGTERM or SIGINT. SIGHUP or ifqd reload reads it again.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    private final Rehearsal rehearsal;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = ConfigFile.DEFAULT_PATH,
            description = "The file, TOML (default ${DEFAULT-VALUE}).")
    private Path file;

    @Option(
            names = "--control",
            paramLabel = "PATH",
            description = "Control socket, whatever the file says of it (default: path in [control], or "
                    + DaemonConfig.DEFAULT_CONTROL + ").")
    private Path control;

    @Option(
            names = "--mlock",
            description = "Keep heap and machine code in memory, away from the swap; needs CAP_IPC_LOCK or a sufficient"
                    + " limit (ulimit -l).")
    private boolean lockMemory;

    RunCommand() {
        this(new Rehearsal());
    }

    /** @param rehearsal that may have begun */
    RunCommand(Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
    }

    @Override
    public Integer call() {
        BridgeDaemon daemon = new BridgeDaemon(
                Libc.system(),
                rehearsal,
                config(),
                this::config,
                spec.commandLine().getOut());
        Confinement.enter(lockMemory);
        StopSignals.handle(daemon::stop);
        StopSignals.handleReload(daemon::reload);
        return daemon.run();
    }

    private DaemonConfig config() {
        DaemonConfig config = ConfigFile.read(file);
        return control == null ? config : config.withControl(control);
    }
}
