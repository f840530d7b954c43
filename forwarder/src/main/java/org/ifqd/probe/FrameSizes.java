package org.ifqd.probe;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ifqd.config.ConfigException;

/**
 * The sizes of frames to send, in turn: bytes without FCS, tags included.
 *
 * @param text as the user wrote it
 * @param bytes at least one
 */
public record FrameSizes(String text, int[] bytes) {
    /** No interface of Linux takes a longer one that is not a GSO frame. */
    static final int LARGEST = 65_535;

    private static final int MOST = 100_000;
    private static final Pattern ITEM = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    /** Reads {@code 64}, {@code 64,512,1514}, {@code 60-1514} or a mixture. */
    public static FrameSizes parse(String text) {
        IntStream all = Arrays.stream(text.split(",", -1)).flatMapToInt(item -> item(text, item));
        int[] bytes = all.limit(MOST + 1).toArray();
        if (bytes.length > MOST) {
            throw new ConfigException("--size " + text + ": more than " + MOST + " sizes");
        }
        return new FrameSizes(text, bytes);
    }

    private static IntStream item(String text, String item) {
        Matcher m = ITEM.matcher(item.strip());
        if (!m.matches()) {
            throw new ConfigException("--size " + text + ": write for example 64 or 64,512,1514 or 60-1514");
        }
        int from = Integer.parseInt(m.group(1));
        int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
        if (to < from || to > LARGEST) {
            throw new ConfigException("--size " + text + ": " + item.strip() + " is empty or above " + LARGEST);
        }
        return IntStream.rangeClosed(from, to);
    }

    int smallest() {
        return Arrays.stream(bytes).min().orElseThrow();
    }

    int largest() {
        return Arrays.stream(bytes).max().orElseThrow();
    }

    /** Of a flow's frame with this number: each flow has all sizes in turn, and so has the whole. */
    int of(int flow, long sequence) {
        return bytes.length == 1 ? bytes[0] : bytes[(int) ((flow + sequence) % bytes.length)];
    }

    @Override
    public String toString() {
        return text;
    }
}
