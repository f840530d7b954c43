package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.pcap.PcapException;
import org.ifqd.linux.pcap.Recording;
import org.ifqd.probe.ProbePort;
import org.ifqd.probe.Replay;
import org.ifqd.probe.ReportJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ifqd replay}: sends the frames of a capture file, each at its time. */
@Command(
        name = "replay",
        description = "Sends the frames of a capture file (pcap, pcapng) out of an interface, each at its time.",
        footer = {
            "",
            "The file is read before the first frame is sent. An interface of another network namespace is written"
                    + " NETNS/IF. Frames of which the capture has only the beginning are not sent. Late is how long after"
                    + " its time the system call began that sent a frame.",
            "Exit status: 0 all frames of the file were sent; 1 some were not, or the run failed or was stopped; 2 usage."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ReplayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "The capture.")
    private Path file;

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            completionCandidates = InterfaceNames.class,
            description = "Where its frames are sent.")
    private String out;

    @Option(
            names = "--speed",
            paramLabel = "X",
            description = "So many times as fast as they were captured (default 1).")
    private Double speed;

    @Option(
            names = "--rate",
            paramLabel = "PPS",
            description = "Frames a second, evenly, whatever their times were; 0 for as fast as possible.")
    private Double rate;

    @Option(
            names = "--loop",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Send the whole N times, 0 until SIGINT (default ${DEFAULT-VALUE}). Between two rounds the average"
                            + " gap is kept.")
    private long loop;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1GiB",
            description = "What a capture may take of it (default ${DEFAULT-VALUE}).")
    private String memory;

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Replay.Timing timing = timing();
        if (loop < 0) {
            throw new ConfigException("--loop " + loop + ": must not be negative");
        }
        if (!Files.isReadable(file)) {
            throw new ConfigException(file + ": there is no such file, or it cannot be read");
        }
        try (Recording recording = read();
                Replay replay = new Replay(Libc.system(), recording, ProbePort.parse(out), timing, loop)) {
            if (!recording.damage().isEmpty()) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("ifqd: " + file + ": " + recording.damage() + "; what is before that is sent");
                err.flush();
            }
            StopSignals.handle(replay::stop);
            Replay.Result result = replay.run();
            print(recording, result);
            boolean whole = recording.truncated() + recording.noFrames() + result.tooLong() + result.refused() == 0
                    && recording.damage().isEmpty();
            return result.complete() && whole ? 0 : 1;
        }
    }

    private Recording read() {
        try {
            return Recording.read(file, Amount.bytes("--memory", memory));
        } catch (PcapException e) {
            throw new ConfigException(e.getMessage());
        }
    }

    private Replay.Timing timing() {
        if (speed != null && rate != null) {
            throw new ConfigException("--speed and --rate: give one of them");
        }
        if (speed != null && !(speed > 0 && speed <= 1e6)) {
            throw new ConfigException("--speed " + speed + ": must be above 0 and at most 1e6");
        }
        if (rate != null && !(rate >= 0 && rate <= 1e9)) {
            throw new ConfigException("--rate " + rate + ": must be 0 to 1e9 frames a second");
        }
        return rate != null ? new Replay.Timing(0, rate) : new Replay.Timing(speed == null ? 1 : speed, 0);
    }

    private void print(Recording recording, Replay.Result result) throws IOException {
        PrintWriter to = spec.commandLine().getOut();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("sent", result.frames());
        map.put("bytes", result.bytes());
        map.put("seconds", result.elapsedNs() / 1e9);
        map.put("framesPerSecond", result.frames() * 1e9 / Math.max(1, result.elapsedNs()));
        map.put("truncated", recording.truncated());
        map.put("noFrames", recording.noFrames());
        map.put("tooLong", result.tooLong());
        map.put("refused", result.refused());
        map.put("complete", result.complete());
        Histogram late = result.lateNs();
        boolean timed = late.getTotalCount() > 0;
        map.put("lateNs", timed ? ReportJson.late(late) : null);
        if (json) {
            to.println(JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(map));
        } else {
            lines(map, timed ? late : null, to);
        }
        to.flush();
    }

    /** Rows that say nothing are left out. */
    private static void lines(Map<String, Object> map, Histogram late, PrintWriter to) {
        to.println(String.format(
                Locale.ROOT,
                "sent %d frames, %d bytes, in %.3f s: %.0f frames/s",
                map.get("sent"),
                map.get("bytes"),
                map.get("seconds"),
                map.get("framesPerSecond")));
        String[][] left = {
            {"truncated", "only their beginning is in the capture (tcpdump -s 0 writes all of it)"},
            {"noFrames", "no Ethernet frame: too short or too long for one"},
            {"tooLong", "longer than the interface takes (captured where offloads were on? ip link set ... mtu)"},
            {"refused", "the kernel would not take them"}
        };
        for (String[] reason : left) {
            if ((long) map.get(reason[0]) > 0) {
                to.println("not sent " + map.get(reason[0]) + ": " + reason[1]);
            }
        }
        if (late != null) {
            to.println(String.format(
                    Locale.ROOT,
                    "late, microseconds: p50 %.1f, p99 %.1f, max %.1f",
                    late.getValueAtPercentile(50) / 1e3,
                    late.getValueAtPercentile(99) / 1e3,
                    late.getMaxValue() / 1e3));
        }
        if (!(boolean) map.get("complete")) {
            to.println("stopped before the end");
        }
    }
}
