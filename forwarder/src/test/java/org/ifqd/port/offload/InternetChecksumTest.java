package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.ifqd.linux.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InternetChecksumTest {
    /** The example of RFC 1071, section 3; an IPv4 header without and with its checksum; the ends of the range. */
    @ParameterizedTest
    @CsvSource({
        "0001f203f4f5f6f7, 220d",
        "450000730000400040110000c0a80001c0a800c7, b861",
        "45000073000040004011b861c0a80001c0a800c7, 0000",
        "00, ffff",
        "01, feff",
        "ffff, 0000",
        "ffffffffffffffffffffffffffffffff, 0000",
        "0000000000000000000000000000000001, feff",
    })
    void knownVectors(String bytes, String checksum) {
        assertEquals(checksum, of(HexFormat.of().parseHex(bytes), 0));
    }

    @Test
    void everyLengthAtEveryAlignmentAsTheNaiveSum() {
        byte[] random = new byte[200];
        new Random(1).nextBytes(random);
        byte[] ones = new byte[200];
        Arrays.fill(ones, (byte) 0xff);
        for (int length = 0; length <= random.length; length++) {
            for (int alignment = 0; alignment < 8; alignment++) {
                String where = length + " bytes at " + alignment;
                byte[] bytes = Arrays.copyOf(random, length);
                assertEquals("%04x".formatted(NaiveChecksum.of(bytes)), of(bytes, alignment), where);
                assertEquals(length == 0 ? "ffff" : oddOnes(length), of(Arrays.copyOf(ones, length), alignment), where);
            }
        }
    }

    /** Carries out of 64 bits in every sum: the largest frame there is, all ones, and random ones. */
    @Test
    void sixtyFourKibibytes() {
        byte[] ones = new byte[1 << 16];
        Arrays.fill(ones, (byte) 0xff);
        assertEquals("0000", of(ones, 1));
        Random random = new Random(2);
        for (int round = 0; round < 50; round++) {
            random.nextBytes(ones);
            assertEquals("%04x".formatted(NaiveChecksum.of(ones)), of(ones, round % 8));
        }
    }

    @Test
    void partsAddUp() {
        byte[] bytes = new byte[100];
        new Random(3).nextBytes(bytes);
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes).address();
            int whole = InternetChecksum.finish(InternetChecksum.sum(at, 100));
            assertEquals(
                    whole, InternetChecksum.finish(InternetChecksum.sum(at, 34) + InternetChecksum.sum(at + 34, 66)));
        }
    }

    @Test
    void zeroCanBeAvoided() {
        assertEquals(0, InternetChecksum.finish(0xffff));
        assertEquals(0xffff, InternetChecksum.finishNonZero(0xffff));
        assertEquals(0xfffe, InternetChecksum.finishNonZero(1));
    }

    private static String oddOnes(int length) {
        return length % 2 == 0 ? "0000" : "00ff";
    }

    /** The checksum as it would stand on the wire. */
    private static String of(byte[] bytes, int alignment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes.length + 16L, 8);
            memory.fill((byte) 0x5a);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, alignment, bytes.length);
            int checksum = InternetChecksum.finish(InternetChecksum.sum(memory.address() + alignment, bytes.length));
            Memory.putShort(memory.address(), checksum);
            return "%04x".formatted(Memory.getShortBigEndian(memory.address()));
        }
    }
}
