package org.ifqd.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.ifqd.config.ConfigException;
import org.ifqd.probe.FrameSizes;

/**
 * A size of frames as a benchmark names it, with the FCS, or a mix of them.
 *
 * @param name as asked for
 * @param frames as Linux counts them, without the FCS
 * @param averageBytes with the FCS
 */
public record Sizes(String name, FrameSizes frames, double averageBytes) {
    /** Ethernet's, RFC 2544, 9.1. */
    public static final String ETHERNET = "64,128,256,512,1024,1280,1518";

    private static final int FCS = 4;
    private static final int SMALLEST = 64;
    private static final int LARGEST = 65_535;

    /** Preamble, start delimiter and gap: bytes of the wire that belong to a frame. */
    private static final int AROUND = 20;

    /** Seven, four and one of the simple IMIX, mixed (RFC 6985: genome aabaabcaabab). */
    private static final List<Integer> IMIX = List.of(64, 64, 594, 64, 64, 594, 1518, 64, 64, 594, 64, 594);

    /** Reads {@code 64,512,imix}. */
    public static List<Sizes> parse(String text) {
        List<Sizes> sizes = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            sizes.add(one(text, item.strip()));
        }
        return sizes;
    }

    private static Sizes one(String text, String item) {
        if (item.equalsIgnoreCase("imix")) {
            return of("IMIX", IMIX);
        }
        if (!item.matches("\\d{1,5}") || Integer.parseInt(item) < SMALLEST || Integer.parseInt(item) > LARGEST) {
            throw new ConfigException("--size " + text + ": '" + item + "' is neither " + SMALLEST + " to " + LARGEST
                    + " (bytes with FCS) nor imix");
        }
        return of(item, Collections.singletonList(Integer.parseInt(item)));
    }

    private static Sizes of(String name, List<Integer> bytes) {
        String text = bytes.stream().map(n -> String.valueOf(n - FCS)).collect(Collectors.joining(","));
        return new Sizes(
                name,
                FrameSizes.parse(text),
                bytes.stream().mapToInt(n -> n).average().orElseThrow());
    }

    /** Frames a second of a line. */
    double lineRate(double bitsPerSecond) {
        return bitsPerSecond / ((averageBytes + AROUND) * Byte.SIZE);
    }

    /** Mbit/s of the wire. */
    static double megabits(double rate, double averageBytes) {
        return rate * (averageBytes + AROUND) * Byte.SIZE / 1e6;
    }
}
