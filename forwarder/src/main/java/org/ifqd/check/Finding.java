package org.ifqd.check;

import java.util.Locale;

/**
 * The result of one check.
 *
 * @param subject a port, a pair, a key, or what else was looked at
 * @param text what was found and, unless it is OK, how to mend it
 */
public record Finding(Level level, String subject, String text) {
    /** How a check ended. */
    public enum Level {
        OK,
        /** It was mended just now. */
        FIXED,
        WARN,
        FAIL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
