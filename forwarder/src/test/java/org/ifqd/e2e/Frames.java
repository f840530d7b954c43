package org.ifqd.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;

/** Frames to send, and the comparison with those that arrived. A frame is told apart by its source address. */
final class Frames {
    /** IEEE: for local experiments. No protocol stack answers it. */
    static final int ETHERTYPE = 0x88b5;

    private static final int ADDRESSES_BYTES = 12;

    private Frames() {}

    /** A frame of this length with random payload; the ethertypes and tags are put behind the addresses. */
    static byte[] random(Random random, int bytes, String from, String to, int... tags) {
        byte[] frame = new byte[bytes];
        random.nextBytes(frame);
        System.arraycopy(mac(to), 0, frame, 0, 6);
        System.arraycopy(mac(from), 0, frame, 6, 6);
        int at = ADDRESSES_BYTES;
        for (int word : tags) {
            frame[at++] = (byte) (word >> 8);
            frame[at++] = (byte) word;
        }
        frame[at] = (byte) (ETHERTYPE >> 8);
        frame[at + 1] = (byte) ETHERTYPE;
        return frame;
    }

    private static byte[] mac(String text) {
        return HexFormat.ofDelimiter(":").parseHex(text);
    }

    /** Those that have this source address, in order. */
    static List<byte[]> from(String mac, List<byte[]> frames) {
        byte[] source = mac(mac);
        return frames.stream()
                .filter(frame -> Arrays.equals(frame, 6, ADDRESSES_BYTES, source, 0, 6))
                .toList();
    }

    /** Byte for byte, in the same order. */
    static void assertEqual(List<byte[]> expected, List<byte[]> actual, String what) {
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            byte[] want = expected.get(i);
            byte[] got = actual.get(i);
            int at = Arrays.mismatch(want, got);
            if (at >= 0) {
                Assertions.fail("%s: frame %d differs at byte %d%nsent     (%d bytes) %s%nreceived (%d bytes) %s"
                        .formatted(what, i, at, want.length, hex(want), got.length, hex(got)));
            }
        }
        Assertions.assertEquals(expected.size(), actual.size(), what + ": number of frames");
    }

    /** Byte for byte, in any order: several workers keep the order within a flow only. */
    static void assertSameSet(List<byte[]> expected, List<byte[]> actual, String what) {
        assertEqual(sorted(expected), sorted(actual), what);
    }

    private static List<byte[]> sorted(List<byte[]> frames) {
        List<byte[]> copy = new ArrayList<>(frames);
        copy.sort(Arrays::compare);
        return copy;
    }

    private static String hex(byte[] frame) {
        String hex = HexFormat.of().formatHex(frame);
        return hex.length() <= 160 ? hex : hex.substring(0, 160) + "...";
    }
}
