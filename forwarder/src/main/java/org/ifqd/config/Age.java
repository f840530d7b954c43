package org.ifqd.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ifqd.port.PortOptions;

/** How old a frame may be: {@code 1s}, {@code 500ms}, or {@code 0} for any age. */
public final class Age {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7})(ms|s)");

    private Age() {}

    /**
     * Milliseconds.
     *
     * @throws IllegalArgumentException in one line
     */
    public static int parseMs(String text) {
        if (text.equals("0")) {
            return 0;
        }
        Matcher form = FORM.matcher(text);
        long ms =
                form.matches() ? Long.parseLong(form.group(1)) * (form.group(2).equals("s") ? 1000 : 1) : -1;
        if (ms < 0 || ms > PortOptions.MOST_AGE_MS) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no age; write for example 500ms or 1s, at most 3600s, or 0 for any");
        }
        return (int) ms;
    }
}
