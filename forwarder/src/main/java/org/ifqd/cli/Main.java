package org.ifqd.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.ConfigException;
import org.ifqd.config.InterfaceName;
import org.ifqd.config.Suggestion;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.pcap.PcapException;
import org.ifqd.log.LogProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The entry point: arguments in, exit status out. 0 asked to stop, 1 failed while running, 2 usage or configuration.
 */
@Command(
        name = "ifqd",
        description = "Userspace L2 packet forwarder: bridges two Ethernet interfaces.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BridgeCommand.class,
            RunCommand.class,
            CheckCommand.class,
            StatsCommand.class,
            TopCommand.class,
            PortCommand.class,
            ReloadCommand.class,
            DrainCommand.class,
            InterfacesCommand.class,
            ProbeCommand.class,
            BenchmarkCommand.class,
            ReplayCommand.class,
            TapCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    private static final int USAGE = 2;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /**
     * The commands that forward, whose start must not wait for the reading of all the others' options: they are parsed
     * as command lines of their own.
     */
    private static final Map<String, Function<Rehearsal, Object>> FORWARDING =
            Map.of("bridge", BridgeCommand::new, "run", RunCommand::new);

    public static void main(String[] args) {
        System.exit(executeOrSay(args));
    }

    /** An Error is no defect where the JVM itself lacked something: descriptors, memory, threads. */
    private static int executeOrSay(String... args) {
        try {
            LogProvider.choose();
            Confinement.allow();
            return execute(args);
        } catch (Error e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            System.err.println("ifqd: cannot go on: " + oneLine(String.valueOf(cause))
                    + "; is there enough memory, ulimit -n at least 128, ulimit -u?");
            return 1;
        }
    }

    private static int execute(String... args) {
        Function<Rehearsal, Object> forwarding = args.length == 0 ? null : FORWARDING.get(args[0]);
        if (forwarding == null) {
            return ifPrinted(commandLine().execute(args));
        }
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.begin();
        return settings(new CommandLine(forwarding.apply(rehearsal)).setCommandName("ifqd " + args[0]))
                .execute(Arrays.copyOfRange(args, 1, args.length));
    }

    /** Fails a command whose output was not written: PrintStream keeps to itself that the disk is full. */
    private static int ifPrinted(int status) {
        if (!System.out.checkError()) {
            return status;
        }
        String reason = "not all of it could be written";
        try {
            new FileOutputStream(FileDescriptor.out).write('\n'); // once more, to learn why
        } catch (IOException e) {
            reason = e.getMessage();
        }
        if (!reason.equals("Broken pipe")) { // a reader that has seen enough
            System.err.println("ifqd: cannot write to standard output: " + reason);
        }
        return 1;
    }

    static CommandLine commandLine() {
        return settings(new CommandLine(new Main()));
    }

    private static CommandLine settings(CommandLine settled) {
        return Amount.register(settled)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> {
                    String command = e.getCommandLine().getCommandSpec().qualifiedName();
                    for (CommandLine.ParameterException each : all(e, args)) {
                        error(e.getCommandLine(), oneLine(each) + meant(each) + "; see " + command + " --help");
                    }
                    return USAGE;
                })
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    if (e instanceof ConfigException config) {
                        config.lines().forEach(line -> error(commandLine, line));
                    } else {
                        error(commandLine, oneLine(e));
                    }
                    return e instanceof ConfigException ? USAGE : 1;
                });
    }

    /** All that is wrong with the arguments: they are read once more, and not only up to the first fault. */
    private static List<CommandLine.ParameterException> all(CommandLine.ParameterException first, String... args) {
        if (first instanceof CommandLine.MissingParameterException) {
            return List.of(first); // what is said after it only follows from it
        }
        CommandLine root = first.getCommandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        collectErrors(root);
        List<CommandLine.ParameterException> all = new ArrayList<>();
        try {
            for (CommandLine.ParseResult part = root.parseArgs(args); part != null; part = part.subcommand()) {
                part.errors().stream()
                        .filter(CommandLine.ParameterException.class::isInstance)
                        .map(CommandLine.ParameterException.class::cast)
                        .filter(error ->
                                all.stream().noneMatch(said -> said.getMessage().equals(error.getMessage())))
                        .forEach(all::add);
            }
        } catch (CommandLine.ParameterException again) {
            return List.of(first);
        }
        return all.isEmpty() ? List.of(first) : all;
    }

    private static void collectErrors(CommandLine commandLine) {
        commandLine.getCommandSpec().parser().collectErrors(true);
        commandLine.getSubcommands().values().forEach(Main::collectErrors);
    }

    /** For a command or an option that is not there, the one that may have been meant. */
    private static String meant(CommandLine.ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched)) {
            return "";
        }
        String written = unmatched.getUnmatched().getFirst();
        CommandLine.Model.CommandSpec spec = e.getCommandLine().getCommandSpec();
        if (written.startsWith("-")) { // of options there are too many to list
            return Suggestion.near(written.split("=", 2)[0], spec.optionsMap().keySet())
                    .map(option -> "; did you mean '" + option + "'?")
                    .orElse("");
        }
        return spec.subcommands().isEmpty()
                ? ""
                : "; " + Suggestion.of(written, spec.subcommands().keySet());
    }

    private static void error(CommandLine commandLine, String message) {
        PrintWriter err = commandLine.getErr();
        err.println("ifqd: " + InterfaceName.printable(message));
        err.flush();
    }

    /** Exceptions of ours speak for themselves; of any other kind the name is part of the message. */
    private static String oneLine(Exception e) {
        boolean ours = e instanceof ErrnoException
                || e instanceof PcapException
                || e instanceof CommandLine.ParameterException
                || e instanceof IOException && e.getMessage() != null;
        return oneLine(ours ? e.getMessage() : e.toString());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The version in the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"ifqd " + (version == null ? "(not packaged)" : version)};
        }
    }
}
