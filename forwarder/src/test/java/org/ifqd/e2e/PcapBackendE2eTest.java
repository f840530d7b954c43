package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --backend pcap}: what AF_PACKET is held to, as far as libpcap can; the rest is refused. */
@Tag("e2e")
class PcapBackendE2eTest {
    private static final List<String> PCAP = List.of("--backend", "pcap");
    private static final int SHORTEST = 14;
    private static final int LONGEST = 1514;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump", "trafgen");
    }

    /** Every length, and all that the kernel does to a tag on the way to libpcap. */
    @Test
    void byteExactInOrder() throws IOException {
        Exchange.Comparison inOrder =
                (expected, actual, what) -> Frames.assertEqual(expected, actual, what + ", seed " + seed);
        try (NetLab lab = NetLab.open()) {
            Stats stats = Exchange.run(
                    lab,
                    folder,
                    PCAP,
                    frames(NetLab.GEN_MAC, NetLab.SINK_MAC),
                    frames(NetLab.SINK_MAC, NetLab.GEN_MAC),
                    inOrder);
            Assertions.assertEquals(
                    0, stats.port(Nic.d0).dropped() + stats.port(Nic.d1).dropped(), stats::json);
        }
    }

    private List<byte[]> frames(String from, String to) {
        List<byte[]> frames = new ArrayList<>();
        for (int bytes = SHORTEST; bytes <= LONGEST; bytes += bytes < 100 || bytes > 1490 ? 1 : 37) {
            frames.add(Frames.random(random, bytes, from, to));
        }
        List<int[]> tags = List.of(
                new int[] {VLAN, 42},
                new int[] {VLAN, 0}, // priority tag of priority 0
                new int[] {VLAN, 0xefff}, // all bits that a tag may have
                new int[] {SERVICE_VLAN, 7},
                new int[] {SERVICE_VLAN, 7, VLAN, 42},
                new int[] {VLAN, 1, VLAN, 2});
        for (int[] tag : tags) {
            frames.add(Frames.random(random, 64, from, to, tag));
            frames.add(Frames.random(random, 999, from, to, tag));
        }
        frames.add(Frames.random(random, LONGEST + 4, from, to, VLAN, 42));
        for (String group : List.of("ff:ff:ff:ff:ff:ff", "01:00:5e:01:02:03", "33:33:00:00:00:01")) {
            frames.add(Frames.random(random, 200, from, group));
        }
        return frames;
    }

    /**
     * More than it can do, with small queues: what is lost is counted, the books add up at any moment, the stop is
     * clean.
     */
    @Test
    void overloadAndStop() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "pcap", "--rx-ring", "512KiB", "--queue", "64");
                Child there = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 200_000);
                Child back = Trafgen.flood(lab, Nic.s0, Trafgen.SMALL_FRAME_TO_GEN, 200_000)) {
            while (there.isAlive() || back.isAlive()) {
                ifqd.stats(); // adds up
            }
            there.awaitSuccess();
            back.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertTrue(stats.port(Nic.d1).txFrames() > 1000, stats::json);
            try (Child flood = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 20_000_000)) {
                long before = stats.port(Nic.d1).txFrames();
                Await.until(
                        () -> "load on " + ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d1).txFrames() > before + 10_000);
                ifqd.terminate(); // asserts status 0 and that nothing is unaccounted for
                Assertions.assertTrue(flood.isAlive(), "the load was to go on until the end");
            }
        }
    }

    /** A lone frame comes to a worker that sleeps. */
    @Test
    void wakesForALoneFrame() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "pcap")) {
            lab.run(Node.GEN, "ping", "-c", "3", "-i", "0.2", "-W", "5", NetLab.SINK_IP);
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertTrue(stats.json().contains("\"backend\":\"pcap\""), stats::json);
            Assertions.assertEquals(3, stats.port(Nic.d1).txFrames(), stats::json);
            Assertions.assertEquals(3, stats.port(Nic.d0).txFrames(), stats::json);
            ifqd.terminate();
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        try (NetLab lab = NetLab.open()) {
            assertRefused(lab, List.of("--backend", "pcap", "--workers", "2"), "--workers");
            lab.offloads(Nic.d1, "on");
            assertRefused(lab, PCAP, "ethtool -K d1 gro off");
        }
    }

    private void assertRefused(NetLab lab, List<String> options, String cure) {
        List<String> arguments = new ArrayList<>(List.of("bridge", "d0", "d1", "--control"));
        arguments.add(folder.resolve("control.sock").toString());
        arguments.addAll(options);
        try (Child ifqd = lab.start(Node.DUT, Ifqd.command(arguments))) {
            Assertions.assertEquals(2, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertTrue(ifqd.err().contains(cure), ifqd::toString);
            Assertions.assertEquals(1, ifqd.err().lines().count(), ifqd::toString);
        }
    }
}
