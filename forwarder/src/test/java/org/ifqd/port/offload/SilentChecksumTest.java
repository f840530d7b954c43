package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.ifqd.linux.packet.VnetHeader;
import org.junit.jupiter.api.Test;

/** Checksums that were left to offloads are found and finished; finished ones, and anything else, stay as they are. */
class SilentChecksumTest {
    private static final int ROUNDS = 20_000;
    private static final byte[] NOTHING = new byte[VnetHeader.BYTES];
    private static final List<List<Integer>> TAGS =
            List.of(List.of(), List.of(0x8100), List.of(0x88a8, 0x8100), List.of(0x8100, 0x8100, 0x8100));

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SilentChecksum silent = new SilentChecksum();
    private final PartialChecksum partial = new PartialChecksum();

    private Sample sample() {
        boolean ipv6 = random.nextBoolean();
        boolean tcp = random.nextBoolean();
        int payload = 1 + random.nextInt(1400);
        return new Sample(
                TAGS.get(random.nextInt(TAGS.size())),
                ipv6,
                tcp,
                ipv6 ? 0 : random.nextInt(11),
                List.of(),
                tcp ? random.nextInt(11) : 0,
                0x10,
                random.nextInt(1 << 16),
                random.nextInt(),
                payload,
                payload,
                true,
                random.nextLong());
    }

    @Test
    void anUnfinishedOneIsFinished() {
        for (int i = 0; i < ROUNDS; i++) {
            Sample sample = sample();
            byte[] left = sample.superframe(); // one segment long, its field holding the pseudo header's sum
            try (GuardedFrame frame = GuardedFrame.of(NOTHING, left, i)) {
                silent.describe(frame.address(), left.length);
                assertTrue(partial.finish(frame.address(), left.length), sample::toString);
                assertArrayEquals(sample.finished(), frame.frame(), () -> sample + ", seed " + seed);
                frame.assertGuarded();
            }
        }
    }

    @Test
    void aFinishedOneStays() {
        for (int i = 0; i < ROUNDS; i++) {
            Sample sample = sample();
            byte[] finished = sample.segment(0, sample.bytes());
            try (GuardedFrame frame = GuardedFrame.of(NOTHING, finished, i)) {
                silent.describe(frame.address(), finished.length);
                assertArrayEquals(NOTHING, frame.vnet(), () -> sample + ", seed " + seed);
            }
        }
    }

    /** Cut anywhere, and any byte changed: nothing is read or written outside, and what is asked for can be done. */
    @Test
    void anythingElseDoesNoHarm() {
        int described = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = sample().superframe();
            int cut = 14 + random.nextInt(bytes.length - 13);
            byte[] odd = Arrays.copyOf(bytes, cut);
            for (int change = random.nextInt(4); change > 0; change--) {
                odd[12 + random.nextInt(Math.min(60, odd.length - 12))] = (byte) random.nextInt();
            }
            byte[][] results = new byte[2][];
            for (int guard = 0; guard < 2; guard++) {
                try (GuardedFrame frame = GuardedFrame.of(NOTHING, odd, guard * 0xff)) {
                    silent.describe(frame.address(), odd.length);
                    described += frame.vnet()[0];
                    partial.finish(frame.address(), odd.length);
                    results[guard] = frame.frame();
                    frame.assertGuarded();
                }
            }
            assertArrayEquals(results[0], results[1], "seed " + seed);
        }
        assertEquals(0, described % 2, "seed " + seed); // the same with either guard
    }
}
