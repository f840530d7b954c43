package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.Assertions;

/**
 * Frames in both directions at once through a forwarder. tcpreplay sends them; tcpdump on both ends says what was sent
 * and what arrived.
 */
final class Exchange {
    private static final int FRAMES_PER_SECOND = 10_000;
    private static final int BUFFER_KIB = 16 << 10;

    private Exchange() {}

    /** Compares frames, in the order that the case allows. */
    interface Comparison {
        void check(List<byte[]> expected, List<byte[]> actual, String what);
    }

    /** As the other one; every frame has to pass. */
    static Stats run(
            NetLab lab, Path folder, List<String> options, List<byte[]> there, List<byte[]> back, Comparison comparison)
            throws IOException {
        return run(lab, folder, options, there, back, frame -> true, comparison);
    }

    /**
     * Starts a forwarder, sends, compares and stops it; nothing may be unaccounted for.
     *
     * @param options of {@code ifqd bridge}
     * @param there sent by g0, with its source address
     * @param back sent by s0, with its source address
     * @param passes which of them have to arrive at the other end, and no others may
     * @return the account when all had been forwarded
     */
    static Stats run(
            NetLab lab,
            Path folder,
            List<String> options,
            List<byte[]> there,
            List<byte[]> back,
            Predicate<byte[]> passes,
            Comparison comparison)
            throws IOException {
        Path thereFile = folder.resolve("there.pcap");
        Path backFile = folder.resolve("back.pcap");
        Pcap.write(thereFile, there);
        Pcap.write(backFile, back);
        List<byte[]> passThere = there.stream().filter(passes).toList();
        List<byte[]> passBack = back.stream().filter(passes).toList();
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, with(options, "--rx-ring", Ifqd.ROOMY_RING));
                Capture atGen = Capture.start(lab, Nic.g0, folder, BUFFER_KIB);
                Capture atSink = Capture.start(lab, Nic.s0, folder, BUFFER_KIB);
                Child replayThere = replay(lab, Nic.g0, thereFile);
                Child replayBack = replay(lab, Nic.s0, backFile)) {
            replayThere.awaitSuccess();
            replayBack.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertEquals(passThere.size(), stats.port(Nic.d1).txFrames(), stats::json);
            Assertions.assertEquals(passBack.size(), stats.port(Nic.d0).txFrames(), stats::json);
            List<byte[]> seenAtGen = atGen.frames(there.size() + passBack.size());
            List<byte[]> seenAtSink = atSink.frames(back.size() + passThere.size());

            Frames.assertEqual(there, Frames.from(NetLab.GEN_MAC, seenAtGen), "sent by g0");
            Frames.assertEqual(back, Frames.from(NetLab.SINK_MAC, seenAtSink), "sent by s0");
            comparison.check(passThere, Frames.from(NetLab.GEN_MAC, seenAtSink), "received by s0");
            comparison.check(passBack, Frames.from(NetLab.SINK_MAC, seenAtGen), "received by g0");
            ifqd.terminate();
            return stats;
        }
    }

    private static String[] with(List<String> options, String... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new);
    }

    private static Child replay(NetLab lab, Nic nic, Path file) {
        return lab.start(nic.node, "tcpreplay", "-q", "-i", nic.name(), "--pps=" + FRAMES_PER_SECOND, file.toString());
    }
}
