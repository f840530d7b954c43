package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every length, both directions at once, byte for byte. tcpreplay sends a capture made here, with random payloads;
 * tcpdump on both ends says what was sent and what arrived. The seed is printed; {@code -Difqd.seed=N} repeats a run.
 */
@Tag("e2e")
class ByteExactE2eTest {
    private static final int SHORTEST = 60; // without FCS, as captured
    private static final int LONGEST = 1514;
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump");
    }

    @BeforeEach
    void printSeed(TestInfo test) {
        System.out.println(test.getDisplayName() + ": -Difqd.seed=" + seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "bundled", "task"})
    void everyLengthInOrder(String start) throws IOException {
        List<Integer> upwards = IntStream.rangeClosed(SHORTEST, LONGEST).boxed().toList();
        List<Integer> shuffled = new ArrayList<>(upwards);
        Collections.shuffle(shuffled, random);
        forwardAndCompare(
                List.of("--start", start),
                make(upwards, NetLab.GEN_MAC, NetLab.SINK_MAC),
                make(shuffled, NetLab.SINK_MAC, NetLab.GEN_MAC),
                Frames::assertEqual);
    }

    @Test
    void everyLengthWithTwoWorkers() throws IOException {
        Requires.otherThan("af_xdp", "the lab's interfaces have one queue, so one worker");
        List<Integer> lengths = IntStream.rangeClosed(SHORTEST, LONGEST).boxed().toList();
        forwardAndCompare(
                List.of("--workers", "2"),
                make(lengths, NetLab.GEN_MAC, NetLab.SINK_MAC),
                make(lengths, NetLab.SINK_MAC, NetLab.GEN_MAC),
                Frames::assertSameSet);
    }

    /**
     * The kernel takes the outer tag out of a received frame; it has to be back in place, also when its number is 0.
     */
    @Test
    void vlanTags() throws IOException {
        List<int[]> tags = List.of(
                new int[] {VLAN, 42},
                new int[] {VLAN, 0}, // priority tag of priority 0
                new int[] {VLAN, 0xefff}, // all bits that a tag may have
                new int[] {SERVICE_VLAN, 7},
                new int[] {SERVICE_VLAN, 7, VLAN, 42},
                new int[] {VLAN, 1, VLAN, 2});
        forwardAndCompare(
                List.of(),
                tagged(tags, NetLab.GEN_MAC, NetLab.SINK_MAC),
                tagged(tags, NetLab.SINK_MAC, NetLab.GEN_MAC),
                Frames::assertEqual);
    }

    /** A bridge takes no interest in the destination: broadcast, multicast and foreign unicast cross like any other. */
    @Test
    void anyDestination() throws IOException {
        List<byte[]> there = new ArrayList<>();
        List<byte[]> back = new ArrayList<>();
        for (String to : List.of("ff:ff:ff:ff:ff:ff", "01:00:5e:01:02:03", "33:33:00:00:00:01", "02:aa:bb:cc:dd:ee")) {
            there.add(Frames.random(random, 200, NetLab.GEN_MAC, to));
            back.add(Frames.random(random, 200, NetLab.SINK_MAC, to));
        }
        forwardAndCompare(List.of(), there, back, Frames::assertEqual);
    }

    private List<byte[]> make(List<Integer> lengths, String from, String to) {
        return lengths.stream()
                .map(bytes -> Frames.random(random, bytes, from, to))
                .toList();
    }

    private List<byte[]> tagged(List<int[]> tags, String from, String to) {
        List<byte[]> frames = new ArrayList<>();
        for (int[] tag : tags) {
            ToIntFunction<int[]> longest = words -> words.length == 2 && words[0] == VLAN ? LONGEST + 4 : LONGEST;
            for (int bytes : new int[] {64, 65, 999, longest.applyAsInt(tag)}) {
                frames.add(Frames.random(random, bytes, from, to, tag));
            }
        }
        return frames;
    }

    private void forwardAndCompare(
            List<String> options, List<byte[]> there, List<byte[]> back, Exchange.Comparison comparison)
            throws IOException {
        try (NetLab lab = NetLab.open()) {
            Exchange.run(
                    lab,
                    folder,
                    options,
                    there,
                    back,
                    (expected, actual, what) -> comparison.check(expected, actual, what + ", seed " + seed));
        }
    }
}
