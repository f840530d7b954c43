package org.ifqd.linux.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ifqd.linux.lab.FakeLibc;
import org.junit.jupiter.api.Test;

/** A descriptor may say anything: what is accepted lies in one chunk, with the headroom in front of it. */
class UmemTest {
    private static final int MUTATIONS = 1_000_000;
    private static final int CHUNKS = 16;
    private static final int CHUNK = 2048;
    private static final long[] NASTY = {
        0,
        1,
        -1,
        15,
        16,
        17,
        272,
        2047,
        2048,
        2049,
        32767,
        32768,
        32769,
        1L << 31,
        1L << 32,
        (1L << 48) + 272,
        Long.MIN_VALUE,
        Long.MAX_VALUE
    };

    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private long number() {
        return switch (random.nextInt(4)) {
            case 0 -> NASTY[random.nextInt(NASTY.length)];
            case 1 -> random.nextLong();
            case 2 -> random.nextInt();
            default -> random.nextInt(CHUNKS * CHUNK + 100);
        };
    }

    @Test
    void nothingReachesOutOfItsChunk() {
        int accepted = 0;
        try (Umem umem = Umem.open(new FakeLibc(), CHUNKS, CHUNK, "test")) {
            for (int i = 0; i < MUTATIONS; i++) {
                long offset = number();
                int bytes = (int) number();
                int chunk = umem.chunk(offset);
                if (chunk < 0 || !umem.isWithin(offset, bytes)) {
                    continue;
                }
                accepted++;
                long begin = umem.offset(chunk);
                boolean isSound = offset - Umem.HEADROOM >= begin && offset + bytes <= begin + CHUNK && chunk < CHUNKS;
                assertTrue(isSound, () -> offset + ", " + bytes + " bytes, seed " + seed);
                assertEquals(chunk, offset / CHUNK);
            }
        }
        assertTrue(accepted > 1000, "only " + accepted + " accepted");
    }
}
