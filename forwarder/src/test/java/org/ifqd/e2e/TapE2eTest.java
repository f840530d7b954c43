package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ifqd tap}: a capture file of what ifqd sees, at no cost to what it forwards. */
@Tag("e2e")
class TapE2eTest {
    private static final int VLAN = 0x8100;
    private static final Pattern ACCOUNT = Pattern.compile("(\\d+) frames written, (\\d+) dropped by the tap");

    private final Random random = new Random(5);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "trafgen");
    }

    private Child tap(String port, Path file, String... options) {
        List<String> arguments = new ArrayList<>(List.of("tap", port, "--write", file.toString()));
        arguments.addAll(List.of("--control", folder.resolve("control.sock").toString()));
        arguments.addAll(List.of(options));
        return Child.start(Ifqd.command(arguments));
    }

    private Child started(Child tap) {
        tap.awaitText("tapping");
        return tap;
    }

    /** Each has a ring of 8 MiB: 70 had left 444 MB until the collector came. */
    @Test
    void shortTapsLeaveNoMemory() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            ifqd.stats();
            long before = residentKib(ifqd);
            String[] answer = {""};
            for (int i = 0; i < 70; i++) {
                Await.until(() -> "a tap: " + answer[0], () -> {
                    answer[0] = ifqd.ask("{\"command\":\"tap\",\"port\":\"d0\"}");
                    return answer[0].startsWith("{\"tap\""); // 4 at a time: the one before may not be over yet
                });
            }
            Await.until(
                    () -> "memory given back: " + before + " KiB before, now " + residentKib(ifqd),
                    () -> residentKib(ifqd) < before + (64 << 10));
            ifqd.terminate();
        }
    }

    private static long residentKib(Ifqd ifqd) {
        try {
            Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+)")
                    .matcher(Files.readString(Path.of("/proc/" + ifqd.process().pid() + "/status")));
            Assertions.assertTrue(rss.find());
            return Long.parseLong(rss.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"af_packet", "pcap"})
    void writesWhatPasses(String backend) throws IOException {
        List<byte[]> sent = new ArrayList<>();
        List<byte[]> tagged = new ArrayList<>();
        for (int bytes = 60; bytes < 1500; bytes += 60) {
            sent.add(Frames.random(random, bytes, NetLab.GEN_MAC, NetLab.SINK_MAC));
            tagged.add(Frames.random(random, bytes, NetLab.GEN_MAC, NetLab.SINK_MAC, VLAN, 42));
        }
        sent.addAll(tagged);
        Path file = folder.resolve("sent.pcap");
        Path all = folder.resolve("all.pcap");
        Path some = folder.resolve("some.pcap");
        Path nano = folder.resolve("nano.pcap");
        Pcap.write(file, sent);
        long before = Instant.now().getEpochSecond();
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", backend);
                Child in = started(tap("d0", all, "--count", Integer.toString(sent.size())));
                Child out = started(tap("d1", some, "--direction", "out", "--filter", "vlan 42"));
                Child both = started(tap("d0", nano, "--direction", "both", "--nano"))) {
            lab.run(Node.GEN, "tcpreplay", "-q", "-i", "g0", "--pps=2000", file.toString());
            in.awaitSuccess(); // ends by itself
            ifqd.awaitQuiet();
            out.signal("INT");
            both.signal("TERM");
            out.awaitSuccess();
            both.awaitSuccess();
            ifqd.terminate();
        }
        Frames.assertEqual(sent, Pcap.read(all), "d0 in");
        Frames.assertEqual(tagged, Pcap.read(some), "d1 out, filtered");
        assertStamped(all, 0xa1b2c3d4, 1_000_000, before);
        assertStamped(nano, 0xa1b23c4d, 1_000_000_000, before);
    }

    /** The first frame's stamp is of this run, its fraction of a second in this unit. */
    private static void assertStamped(Path file, int magic, int unitsPerSecond, long before) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        Assertions.assertEquals(magic, bytes.getInt(0));
        long now = Instant.now().getEpochSecond();
        long seconds = bytes.getInt(24);
        Assertions.assertTrue(seconds >= before && seconds <= now, before + " <= " + seconds + " <= " + now);
        int fraction = bytes.getInt(28);
        Assertions.assertTrue(fraction >= 0 && fraction < unitsPerSecond, "fraction " + fraction);
    }

    /**
     * A client that does not read costs the tap frames, each counted, and the forwarder none; one that dies costs
     * nothing.
     */
    @Test
    void underLoadWithAClientThatStopsAndOneThatDies() {
        int frames = 300_000;
        Path file = folder.resolve("slow.pcap");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--rx-ring", Ifqd.ROOMY_RING);
                Child slow = started(tap("d0", file));
                Child doomed = started(tap("d0", folder.resolve("doomed.pcap"), "--direction", "both"))) {
            slow.signal("STOP");
            try (Child flood = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, frames)) {
                Await.until(
                        () -> ifqd.stats().json(),
                        () -> ifqd.stats().port(Nic.d1).txFrames() > 1_000);
                doomed.signal("KILL");
                flood.awaitSuccess();
            }
            Stats stats = ifqd.awaitQuiet();
            slow.signal("CONT");
            slow.signal("INT");
            slow.awaitSuccess();
            Matcher account = ACCOUNT.matcher(slow.err());
            Assertions.assertTrue(account.find(), slow::toString);
            long written = Long.parseLong(account.group(1));
            long dropped = Long.parseLong(account.group(2));
            Assertions.assertTrue(dropped > 0, slow::toString);
            Assertions.assertEquals(stats.port(Nic.d0).rxFrames(), written + dropped, slow::toString);
            Assertions.assertEquals(written, Pcap.read(file).size());
            ifqd.terminate();
        }
    }

    @Test
    void badRequestsInOneLine() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            Path file = folder.resolve("none.pcap");
            assertRefused(tap("d7", file), "d7");
            assertRefused(tap("d0", folder.resolve("no/such/folder.pcap")), "folder.pcap");
            Assertions.assertFalse(Files.exists(file));
            ifqd.terminate();
        }
        assertRefused(tap("d0", folder.resolve("late.pcap")), "control.sock");
    }

    private static void assertRefused(Child tap, String named) {
        try (tap) {
            Assertions.assertEquals(2, tap.awaitExit(), tap::toString);
            Assertions.assertEquals(1, tap.err().lines().count(), tap::toString);
            Assertions.assertTrue(tap.err().contains(named), tap::toString);
        }
    }
}
