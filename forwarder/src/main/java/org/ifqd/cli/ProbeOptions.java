package org.ifqd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.ifqd.config.ConfigException;
import org.ifqd.probe.FrameSizes;
import org.ifqd.probe.MacAddress;
import org.ifqd.probe.ProbeConfig;
import org.ifqd.probe.ProbePort;
import org.ifqd.probe.VlanTag;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of {@code ifqd probe}: which frames it sends, where, and for how long. */
final class ProbeOptions {
    private static final double DEFAULT_SECONDS = 10;
    private static final int SPLIT_STREAM = 1;

    @Parameters(
            arity = "0..2",
            paramLabel = "IF",
            completionCandidates = InterfaceNames.class,
            description = "Where frames are sent, and where they are received: two interfaces, unless --send-only or"
                    + " --receive-only names the only one.")
    private List<String> interfaces = new ArrayList<>();

    @Option(
            names = "--send-only",
            paramLabel = "IF",
            completionCandidates = InterfaceNames.class,
            description = "Only send; a probe with --receive-only verifies, with the same --stream, --tag and --flows.")
    private String sendOnly;

    @Option(
            names = "--receive-only",
            paramLabel = "IF",
            completionCandidates = InterfaceNames.class,
            description =
                    "Only verify. Without --count, frames that were lost after the last one received go unnoticed. Ends"
                            + " when none has come for --timeout, after --seconds, or by SIGINT.")
    private String receiveOnly;

    @Option(names = "--both", description = "Both directions at once.")
    private boolean both;

    @Option(names = "--count", paramLabel = "N", description = "Frames to send in each direction.")
    private long count;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to send, or to receive (default 10, without limit if there is a --count).")
    private Double seconds;

    @Option(
            names = "--rate",
            paramLabel = "PPS",
            defaultValue = "1000",
            description = "Frames a second in each direction, evenly spaced; 0 for as fast as possible"
                    + " (default ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "64, or 64,512,1514, or 60-1514: sizes in turn (default ${DEFAULT-VALUE}).")
    private String sizes;

    @Option(
            names = "--flows",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Flows, in turn: they differ in UDP source port and IP source address, and each is numbered by"
                            + " itself (default ${DEFAULT-VALUE}).")
    private int flows;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description =
                    "VLAN tag: 802.1q:VID[:PCP[:DEI]], 802.1ad:... or 0xTPID:...; again for QinQ, outermost first.")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--src-mac", paramLabel = "MAC", description = "Source address (default: made from the stream).")
    private String sourceMac;

    @Option(
            names = "--dst-mac",
            paramLabel = "MAC",
            description = "Destination address (default: made from the stream).")
    private String destinationMac;

    @Option(
            names = "--stream",
            paramLabel = "ID",
            description = "0 to 32767, tells this run's frames from others' (default: random, 1 with --send-only and"
                    + " --receive-only).")
    private Integer stream;

    @Option(
            names = "--payload",
            paramLabel = "KIND",
            defaultValue = "random",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Payload payload;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the random payload (default: another each time, printed).")
    private Long seed;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "0",
            description = "Seconds to send at the rate before anything counts (default ${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "1",
            description = "Seconds without a frame after which none is waited for any more (default ${DEFAULT-VALUE}).")
    private double timeout;

    @Option(
            names = "--rx-ring",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            description = "Each receive ring (default ${DEFAULT-VALUE}).")
    private String rxRing;

    /** The bytes behind the probe's header. */
    enum Payload {
        random,
        zero
    }

    ProbeConfig config() {
        boolean split = sendOnly != null || receiveOnly != null;
        if (split ? sendOnly != null && receiveOnly != null || !interfaces.isEmpty() : interfaces.size() != 2) {
            throw new ConfigException("probe needs two interfaces, or one of --send-only IF and --receive-only IF");
        }
        SplittableRandom random = new SplittableRandom();
        return new ProbeConfig(
                port(split ? sendOnly : interfaces.getFirst()),
                port(split ? receiveOnly : interfaces.getLast()),
                both,
                count,
                durationNs(),
                rate,
                false,
                FrameSizes.parse(sizes),
                flows,
                tags.stream().map(VlanTag::parse).toList(),
                stream != null ? stream : split ? SPLIT_STREAM : random.nextInt(2, 1 << 15),
                sourceMac == null ? 0 : MacAddress.parse(sourceMac),
                destinationMac == null ? 0 : MacAddress.parse(destinationMac),
                payload == Payload.zero,
                seed != null ? seed : random.nextInt(1, 1_000_000),
                nanoseconds("--warm-up", warmUp),
                rate,
                nanoseconds("--timeout", timeout),
                Amount.bytes("--rx-ring", rxRing));
    }

    private static ProbePort port(String text) {
        return text == null ? null : ProbePort.parse(text);
    }

    private long durationNs() {
        boolean unlimited = seconds == null && (count > 0 || receiveOnly != null);
        return unlimited ? 0 : nanoseconds("--seconds", seconds == null ? DEFAULT_SECONDS : seconds);
    }

    private static long nanoseconds(String option, double seconds) {
        if (!(seconds >= 0 && seconds <= 1e9)) {
            throw new ConfigException(option + " " + seconds + ": must be 0 to 1e9 seconds");
        }
        return (long) (seconds * 1e9);
    }
}
