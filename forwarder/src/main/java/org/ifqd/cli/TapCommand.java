package org.ifqd.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.control.TapClient;
import org.ifqd.control.TapDirection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ifqd tap}: what passes a port of a running daemon, as a capture file. */
@Command(
        name = "tap",
        description =
                "Writes the frames of one interface of a running ifqd to a capture file, as ifqd sees them, until SIGINT"
                        + " or SIGTERM. Forwarding is not slowed down: frames for which the tap has no room are left out and counted.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TapCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "IF",
            completionCandidates = InterfaceNames.class,
            description = "An interface that ifqd bridges.")
    private String port;

    @Option(
            names = "--write",
            paramLabel = "FILE",
            required = true,
            description = "The capture file, or - for standard output: ifqd tap eth1 --write - | tcpdump -r -.")
    private Path file;

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            defaultValue = "",
            description = "Only frames that match, pcap-filter(7).")
    private String filter;

    @Option(names = "--count", paramLabel = "N", description = "End after so many frames.")
    private Long count;

    @Option(
            names = "--direction",
            paramLabel = "WHICH",
            defaultValue = "in",
            description = "${COMPLETION-CANDIDATES}: received on the interface, sent through it, or both"
                    + " (default ${DEFAULT-VALUE}).")
    private TapDirection direction;

    @Option(names = "--nano", description = "Stamps in nanoseconds; default microseconds, which every program reads.")
    private boolean nano;

    @Option(
            names = "--control",
            paramLabel = "PATH",
            defaultValue = DaemonConfig.DEFAULT_CONTROL,
            description = "Control socket of the daemon (default ${DEFAULT-VALUE}).")
    private Path control;

    private long written;
    private long dropped;

    @Override
    public Integer call() throws IOException {
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count " + count + " is less than 1");
        }
        try (TapClient client = new TapClient(control, request());
                CaptureFile capture = open()) {
            StopSignals.handle(client::stop);
            say("tapping %s (%s) to %s".formatted(port, direction, file));
            boolean complete = client.read(new TapClient.Sink() {
                @Override
                public void frame(byte[] frame, int bytes, long stampNs) throws IOException {
                    capture.write(frame, bytes, stampNs);
                    written++;
                }

                @Override
                public void account(long taken, long missed) throws IOException {
                    capture.flush();
                    dropped = missed;
                }
            });
            capture.flush();
            say("%d frames written, %d dropped by the tap%s"
                    .formatted(written, dropped, complete ? "" : "; ifqd has stopped"));
            return complete ? 0 : 1;
        }
    }

    private Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("command", "tap");
        request.put("port", port);
        request.put("direction", direction.name());
        request.put("filter", filter);
        if (count != null) {
            request.put("count", count);
        }
        return request;
    }

    private CaptureFile open() throws IOException {
        try {
            return new CaptureFile(file, nano);
        } catch (FileSystemException e) {
            throw new ConfigException("cannot write " + e.getMessage() + "; give another file by --write");
        }
    }

    /** To standard error: standard output may be the capture. */
    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
