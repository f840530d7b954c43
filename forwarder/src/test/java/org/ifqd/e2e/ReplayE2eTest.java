package org.ifqd.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ifqd.cli.ReplayRun;
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

/** {@code ifqd replay}: what tcpdump sees at the other end of the cable is the capture, every byte and in its order. */
@Tag("e2e")
class ReplayE2eTest {
    private static final int BUFFER_KIB = 1 << 15;
    private static final int FRAMES = 3000;
    private static final int PCAP_HEADER = 24;
    private static final int RECORD_HEADER = 16;

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpdump");
    }

    private List<byte[]> frames(int count) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int bytes = random.nextInt(16, 1515);
            frames.add(Frames.random(random, bytes, NetLab.GEN_MAC, NetLab.SINK_MAC));
        }
        return frames;
    }

    /** The classic format with nanoseconds, gaps of 0 to 100 microseconds. */
    private byte[] pcap(List<byte[]> frames, int linkType) {
        int bytes =
                frames.stream().mapToInt(frame -> frame.length + RECORD_HEADER).sum();
        ByteBuffer file = ByteBuffer.allocate(PCAP_HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b23c4d)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(1 << 18)
                .putInt(linkType);
        long ns = 0;
        for (byte[] frame : frames) {
            ns += random.nextInt(100_000);
            file.putInt((int) (1_700_000_000 + ns / 1_000_000_000)).putInt((int) (ns % 1_000_000_000));
            file.putInt(frame.length).putInt(frame.length).put(frame);
        }
        return file.array();
    }

    /** draft-ietf-opsawg-pcapng: section header, interface, enhanced packets; big-endian, for a change. */
    private byte[] pcapng(List<byte[]> frames) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(block(
                0x0a0d0d0a,
                ByteBuffer.allocate(16)
                        .putInt(0x1a2b3c4d)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putLong(-1)));
        file.write(block(
                1,
                ByteBuffer.allocate(8).putShort((short) 1).putShort((short) 0).putInt(1 << 18)));
        long micros = 1_700_000_000_000_000L;
        for (byte[] frame : frames) {
            micros += random.nextInt(100);
            int padded = frame.length + 3 & -4;
            file.write(block(
                    6,
                    ByteBuffer.allocate(20 + padded)
                            .putInt(0)
                            .putInt((int) (micros >>> 32))
                            .putInt((int) micros)
                            .putInt(frame.length)
                            .putInt(frame.length)
                            .put(frame)));
        }
        return file.toByteArray();
    }

    private static byte[] block(int type, ByteBuffer body) {
        int bytes = body.capacity() + 12;
        return ByteBuffer.allocate(bytes)
                .putInt(type)
                .putInt(bytes)
                .put(body.array())
                .putInt(bytes)
                .array();
    }

    private List<byte[]> replay(NetLab lab, Path file, int expected, int status, Object... options) {
        try (Capture capture = Capture.start(lab, Nic.d0, folder, BUFFER_KIB)) {
            Object[] all = Arrays.copyOf(options, options.length + 2);
            all[options.length] = file;
            all[options.length + 1] = lab.namespace(Node.GEN) + "/g0";
            ReplayRun run = ReplayRun.of(all);
            Assertions.assertEquals(status, run.status(), run::toString);
            Assertions.assertEquals(expected, run.number("sent"), run::toString);
            return capture.frames(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcap", "pcapng"})
    void everyFrameAsItWasCaptured(String format) throws IOException {
        List<byte[]> frames = frames(FRAMES);
        Path file = folder.resolve("in." + format);
        Files.write(file, format.equals("pcap") ? pcap(frames, 1) : pcapng(frames));
        try (NetLab lab = NetLab.open()) {
            Frames.assertEqual(frames, replay(lab, file, FRAMES, 0), "seed " + seed);
        }
    }

    @ParameterizedTest
    @CsvSource({"--rate,0", "--rate,20000", "--speed,10", "--speed,0.5"})
    void inOrderAtEverySpeedRoundAfterRound(String option, String value) throws IOException {
        List<byte[]> frames = frames(500);
        Path file = Files.write(folder.resolve("in.pcap"), pcap(frames, 1));
        List<byte[]> thrice = new ArrayList<>(frames);
        thrice.addAll(frames);
        thrice.addAll(frames);
        try (NetLab lab = NetLab.open()) {
            Frames.assertEqual(thrice, replay(lab, file, 1500, 0, option, value, "--loop", "3"), "seed " + seed);
        }
    }

    /** It takes at least as long as the capture did: nothing is sent before its time. */
    @Test
    void noFrameIsEarly() throws IOException {
        Path file = Files.write(folder.resolve("in.pcap"), pcap(frames(FRAMES), 1));
        try (NetLab lab = NetLab.open()) {
            ReplayRun run = ReplayRun.of(file, lab.namespace(Node.GEN) + "/g0");
            Assertions.assertTrue(run.number("seconds") > FRAMES * 40e-6, run::toString); // 50 microseconds on average
        }
    }

    /** What cannot be sent is counted, and the rest is sent. */
    @Test
    void whatIsLeftOut() throws IOException {
        List<byte[]> frames = frames(10);
        byte[] jumbo = Frames.random(random, 4000, NetLab.GEN_MAC, NetLab.SINK_MAC);
        List<byte[]> all = new ArrayList<>(frames);
        all.add(5, jumbo);
        byte[] bytes = pcap(all, 1);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(PCAP_HEADER + 12, frames.getFirst().length + 100); // the first one was longer than what is here
        Path path = Files.write(folder.resolve("in.pcap"), Arrays.copyOf(bytes, bytes.length - 1)); // the last is cut
        try (NetLab lab = NetLab.open();
                Capture capture = Capture.start(lab, Nic.d0, folder, BUFFER_KIB)) {
            ReplayRun run = ReplayRun.of(path, lab.namespace(Node.GEN) + "/g0");
            Assertions.assertEquals(1, run.status(), run::toString);
            Assertions.assertEquals(1, run.number("truncated"), run::toString);
            Assertions.assertEquals(1, run.number("tooLong"), run::toString);
            Assertions.assertTrue(run.err().contains("what is before that is sent"), run::toString);
            Frames.assertEqual(frames.subList(1, 9), capture.frames(8), "seed " + seed);
        }
    }

    /** None of them can be sent: that is said at once, and not waited for. */
    @Test
    void nothingButFramesThatAreTooLong() throws IOException {
        List<byte[]> jumbos = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            jumbos.add(Frames.random(random, 4000, NetLab.GEN_MAC, NetLab.SINK_MAC));
        }
        Path file = Files.write(folder.resolve("in.pcap"), pcap(jumbos, 1));
        try (NetLab lab = NetLab.open()) {
            ReplayRun run = ReplayRun.of(file, lab.namespace(Node.GEN) + "/g0", "--loop", "3", "--speed", "100");
            Assertions.assertEquals(1, run.status(), run::toString);
            Assertions.assertEquals(600, run.number("tooLong"), run::toString);
        }
    }

    @Test
    void stoppedItSaysSo() throws IOException {
        Path file = Files.write(folder.resolve("in.pcap"), pcap(frames(10), 1));
        try (NetLab lab = NetLab.open();
                Child replay = Child.start(Ifqd.command(List.of(
                        "replay", file.toString(), lab.namespace(Node.GEN) + "/g0", "--loop", "0", "--rate", "100")))) {
            Await.until("frames", () -> lab.counters(Nic.d0).rxFrames() > 20);
            replay.signal("INT");
            Assertions.assertEquals(1, replay.awaitExit(), replay::toString);
            Assertions.assertTrue(replay.out().contains("stopped before the end"), replay::toString);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/no/such.pcap lo|no such file",
                "EMPTY lo|",
                "WIFI lo|not of Ethernet",
                "GOOD no-such-if|no such interface",
                "GOOD lo|not an Ethernet interface",
                "GOOD lo --speed 2 --rate 3|give one of them",
                "GOOD lo --speed 0|--speed",
                "GOOD lo --rate -1|--rate",
                "GOOD lo --loop -1|--loop",
                "GOOD lo --memory x|--memory",
                "GOOD lo --memory 1|--memory"
            })
    void mistakesAreOneLine(String arguments, String says) throws IOException {
        Files.write(folder.resolve("EMPTY"), new byte[0]);
        Files.write(folder.resolve("WIFI"), pcap(frames(2), 105));
        Files.write(folder.resolve("GOOD"), pcap(frames(2), 1));
        Object[] words = Arrays.stream(arguments.split(" "))
                .map(word -> word.matches("[A-Z]+") ? folder.resolve(word).toString() : word)
                .toArray();
        ReplayRun run = ReplayRun.of(words);
        Assertions.assertEquals(2, run.status(), run::toString);
        Assertions.assertEquals(1, run.err().lines().count(), run::toString);
        Assertions.assertTrue(run.err().contains(says == null ? "EMPTY" : says), run::toString);
    }
}
