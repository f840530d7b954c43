package org.ifqd.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 8MiB}, {@code 512KiB}, {@code 1GiB}, or plain bytes. */
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(KiB|MiB|GiB|)");

    private ByteSize() {}

    /**
     * @return bytes
     * @throws IllegalArgumentException in one line, for a text of another form
     */
    public static long parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw notASize(text, "write for example 8MiB");
        }
        int shift =
                switch (m.group(2)) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    default -> 0;
                };
        long number = Long.parseLong(m.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw notASize(text, "it is too large");
        }
        return number << shift;
    }

    private static IllegalArgumentException notASize(String text, String why) {
        return new IllegalArgumentException("'" + text + "' is not a size; " + why);
    }

    /** For people: {@code 8 MiB}. */
    public static String format(long bytes) {
        if (bytes < 1 << 20) {
            return bytes + " bytes";
        }
        return (bytes >> 20) + " MiB";
    }
}
