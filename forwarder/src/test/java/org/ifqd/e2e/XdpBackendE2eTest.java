package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code --backend af_xdp}: what AF_PACKET is held to. The other end-to-end tests run on it as well, with {@code
 * IFQD_BACKEND=af_xdp} in the environment.
 */
@Tag("e2e")
class XdpBackendE2eTest {
    private static final List<String> XDP = List.of("--backend", "af_xdp");
    private static final int SHORTEST = 14;
    private static final int LONGEST = 1514;
    private static final int USAGE = 2;

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump", "trafgen", "iperf3", "ip", "chrt", "ping");
    }

    @Test
    void byteExactInOrder() throws IOException {
        try (NetLab lab = NetLab.open()) {
            Stats stats = Exchange.run(
                    lab,
                    folder,
                    XDP,
                    frames(NetLab.GEN_MAC, NetLab.SINK_MAC),
                    frames(NetLab.SINK_MAC, NetLab.GEN_MAC),
                    (expected, actual, what) -> Frames.assertEqual(expected, actual, what + ", seed " + seed));
            Assertions.assertEquals(
                    0, stats.port(Nic.d0).dropped() + stats.port(Nic.d1).dropped(), stats::json);
        }
    }

    private List<byte[]> frames(String from, String to) {
        List<byte[]> frames = new ArrayList<>();
        for (int bytes = SHORTEST; bytes <= LONGEST; bytes += bytes < 100 || bytes > 1490 ? 1 : 37) {
            frames.add(Frames.random(random, bytes, from, to));
        }
        for (int[] tag : List.of(new int[] {0x8100, 42}, new int[] {0x88a8, 7, 0x8100, 42})) {
            frames.add(Frames.random(random, 64, from, to, tag));
            frames.add(Frames.random(random, 999, from, to, tag));
        }
        for (String group : List.of("ff:ff:ff:ff:ff:ff", "01:00:5e:01:02:03", "33:33:00:00:00:01")) {
            frames.add(Frames.random(random, 200, from, group));
        }
        return frames;
    }

    /**
     * Hosts that leave checksums and segmentation to their NICs: XDP takes segmentation away from them, and ifqd
     * finishes the checksums, of which XDP says nothing. The receiver's stack is the judge.
     */
    @ParameterizedTest
    @ValueSource(strings = {"af_xdp af_xdp", "af_packet af_xdp", "af_xdp af_packet"})
    void tcpWithOffloadsOnInEveryMixture(String backends) throws IOException {
        String[] each = backends.split(" ");
        Path file = folder.resolve("ifqd.toml");
        Path control = folder.resolve("control.sock");
        Files.writeString(file, """
                [control]
                path = "%s"
                [[bridge]]
                ports = ["d0", "d1"]
                [port.d0]
                backend = "%s"
                [port.d1]
                backend = "%s"
                """.formatted(control, each[0], each[1]));
        try (NetLab lab = NetLab.open()) {
            for (Nic nic : Nic.values()) {
                lab.offloads(nic, "on");
            }
            try (Ifqd ifqd = Ifqd.run(lab, control, file);
                    Child server = lab.start(Node.SINK, "iperf3", "-s", "--forceflush", "-B", NetLab.SINK_IP)) {
                server.awaitText("listening");
                for (String way : List.of("--bytes", "-R")) {
                    List<String> client = new ArrayList<>(
                            List.of("iperf3", "-J", "-c", NetLab.SINK_IP, "--connect-timeout", "5000", "-n", "200M"));
                    if (way.equals("-R")) {
                        client.add(way);
                    }
                    try (Child iperf = lab.start(Node.GEN, client)) {
                        Map<?, ?> end = (Map<?, ?>)
                                JSON.std.mapFrom(iperf.awaitSuccess()).get("end");
                        long bytes = ((Number) ((Map<?, ?>) end.get("sum_received")).get("bytes")).longValue();
                        Assertions.assertTrue(
                                bytes > 150_000_000, iperf::toString); // the rest is under way when it ends
                    }
                }
                ifqd.stats().assertConserved();
                ifqd.terminate();
            }
        }
    }

    /** More than it can do: what is lost is lost in front of it, and counted; nothing is out of order. */
    @Test
    void overloadIsCounted() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "af_xdp", "--rx-ring", "512KiB");
                Child there = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 300_000);
                Child back = Trafgen.flood(lab, Nic.s0, Trafgen.SMALL_FRAME_TO_GEN, 300_000)) {
            while (there.isAlive() || back.isAlive()) {
                ifqd.stats(); // adds up
            }
            there.awaitSuccess();
            back.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();
            for (Nic[] way : new Nic[][] {{Nic.g0, Nic.d0, Nic.d1, Nic.s0}, {Nic.s0, Nic.d1, Nic.d0, Nic.g0}}) {
                long offered = lab.counters(way[0]).txFrames();
                Stats.Port in = stats.port(way[1]);
                Stats.Port out = stats.port(way[2]);
                Assertions.assertEquals(offered, in.rxFrames() + in.kernelDrops(), stats::json);
                Assertions.assertEquals(out.txFrames(), lab.counters(way[3]).rxFrames(), stats::json);
            }
            ifqd.terminate();
        }
    }

    /** A frame that the egress' driver drops for good is not sent, and costs the frames beside it nothing. */
    @Test
    void whatTheDriverRefusesIsCounted() {
        int frames = 2_000;
        try (NetLab lab = NetLab.open()) {
            lab.ip(Node.SINK, "link set s0 mtu 500"); // a veth drops what its other end does not take, since Linux 6.6
            lab.addresses();
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "af_xdp");
                    Child load = Trafgen.paced(
                            lab,
                            Nic.g0,
                            "{ 0x02,0,0,0,0,4, 0x02,0,0,0,0,1, 0x88,0xb5, fill(0x5a, 986) }",
                            frames,
                            1000)) {
                String pings = lab.run(Node.GEN, "ping", "-c", "100", "-i", "0.01", "-W", "5", NetLab.SINK_IP);
                Assertions.assertTrue(pings.contains("100 received"), pings);
                load.awaitSuccess();
                Stats stats = ifqd.awaitQuiet();
                stats.assertConserved();
                Stats.Port out = stats.port(Nic.d1);
                Assertions.assertEquals(frames, out.dropped(), stats::json);
                Assertions.assertTrue(stats.json().contains("\"refused\":" + frames), stats::json);
                Assertions.assertEquals(out.txFrames(), lab.counters(Nic.s0).rxFrames(), stats::json);
                ifqd.terminate();
            }
        }
    }

    /** An egress that is full drops: what is counted as sent has come, each frame. */
    @Test
    void whatAFullDriverDropsIsNotSent() {
        try (NetLab lab = NetLab.open()) {
            lab.offloads(Nic.s0, "on"); // GRO: so the veth has a queue, which a thread empties that seldom gets to it
            lab.run(Node.SINK, "sh", "-c", "echo 1 >/sys/class/net/s0/threaded");
            lab.run(
                    Node.SINK,
                    "sh",
                    "-c",
                    "for task in $(grep -l '^napi/s0-' /proc/[0-9]*/comm | cut -d / -f 3); do chrt -i -p 0 $task; done");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "af_xdp");
                    Child load = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 500_000)) {
                load.awaitSuccess();
                Stats stats = ifqd.awaitQuiet();
                stats.assertConserved();
                long sent = stats.port(Nic.d1).txFrames();
                Await.until(
                        () -> sent + " sent, " + lab.counters(Nic.s0) + stats.json(),
                        () -> lab.counters(Nic.s0).rxFrames() == sent);
                ifqd.terminate();
            }
        }
    }

    /** The kernel takes program, sockets and memory away; the next one can have the same queues at once. */
    @Test
    void aKillLeavesNothingAttached() {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd killed = Ifqd.bridge(lab, folder, "--backend", "af_xdp");
                    Child load = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 100_000_000)) {
                Await.until(
                        () -> killed.stats().json(),
                        () -> killed.stats().port(Nic.d1).txFrames() > 10_000);
                Assertions.assertTrue(program(lab, Nic.d0).contains("ifqd_in"), program(lab, Nic.d0));
                killed.process().signal("KILL");
                Assertions.assertEquals(137, killed.process().awaitExit());
                for (Nic nic : List.of(Nic.d0, Nic.d1)) {
                    Await.until(
                            () -> program(lab, nic), () -> !program(lab, nic).contains("xdp"));
                }
                load.signal("TERM");
                load.awaitExit();
            }
            try (Ifqd next = Ifqd.bridge(lab, folder, "--backend", "af_xdp")) {
                lab.run(Node.GEN, "ping", "-c", "3", "-i", "0.2", "-W", "5", NetLab.SINK_IP);
                next.terminate();
            }
            Assertions.assertFalse(program(lab, Nic.d0).contains("xdp"), program(lab, Nic.d0));
        }
    }

    private static String program(NetLab lab, Nic nic) {
        return lab.run(Node.DUT, "ip", "link", "show", nic.name());
    }

    /** A queue without a worker: refused, or taken away for as long as ifqd runs. */
    @Test
    void channelsAreSetAndPutBack() {
        try (NetLab lab = NetLab.open()) {
            lab.ip(Node.DUT, "link del d0");
            lab.ip(
                    Node.DUT,
                    "link add d0 numrxqueues 2 numtxqueues 2 type veth peer name g0 address " + NetLab.GEN_MAC
                            + " netns " + lab.namespace(Node.GEN));
            lab.run(Node.GEN, "ethtool", "-L", "g0", "tx", "1"); // or veth has to have a queue for each
            for (Nic nic : List.of(Nic.g0, Nic.d0)) {
                lab.offloads(nic, "off");
                lab.link(nic, "up");
            }
            lab.addresses();
            try (Child refused =
                    lab.start(Node.DUT, Ifqd.command(List.of("bridge", "d0", "d1", "--backend", "af_xdp")))) {
                Assertions.assertEquals(USAGE, refused.awaitExit(), refused::toString);
                Assertions.assertTrue(refused.err().contains("--channels fix"), refused::toString);
            }
            for (String end : List.of("TERM", "KILL")) {
                try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", "af_xdp", "--channels", "fix")) {
                    Assertions.assertEquals("1", receiveQueues(lab));
                    lab.run(Node.GEN, "ping", "-c", "3", "-i", "0.2", "-W", "5", NetLab.SINK_IP);
                    ifqd.process().signal(end);
                    ifqd.process().awaitExit();
                }
                Assertions.assertEquals(end.equals("TERM") ? "2" : "1", receiveQueues(lab));
            }
            try (Ifqd other =
                    Ifqd.bridge(lab, folder, "--backend", "af_packet")) { // puts back what the killed one has left
                Await.until(() -> receiveQueues(lab), () -> receiveQueues(lab).equals("2"));
                other.terminate();
            }
        }
    }

    private static String receiveQueues(NetLab lab) {
        String now = lab.run(Node.DUT, "ethtool", "-l", "d0").split("Current hardware settings:")[1];
        return now.lines()
                .filter(line -> line.startsWith("RX:"))
                .findFirst()
                .orElseThrow()
                .substring(3)
                .strip();
    }

    @ParameterizedTest
    @CsvSource({
        "--workers 2, '1 receive queues and 2 workers'",
        "--filter icmp, 'af_xdp has no filter'",
        "--qdisc use, 'past the queueing discipline'",
        "--allow-host, 'af_xdp leaves the host nothing to hear'",
        "--zero-copy on, 'its driver has no zero-copy'"
    })
    void whatItCannotDoIsRefusedWithTheCure(String options, String reason) {
        try (NetLab lab = NetLab.open()) {
            List<String> arguments = new ArrayList<>(List.of("bridge", "d0", "d1", "--backend", "af_xdp"));
            arguments.addAll(List.of(options.split(" ")));
            try (Child refused = lab.start(Node.DUT, Ifqd.command(arguments))) {
                Assertions.assertEquals(USAGE, refused.awaitExit(), refused::toString);
                Assertions.assertTrue(refused.err().contains(reason), refused::toString);
            }
            Assertions.assertFalse(program(lab, Nic.d0).contains("xdp"), program(lab, Nic.d0));
        }
    }
}
