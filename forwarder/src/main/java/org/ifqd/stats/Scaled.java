package org.ifqd.stats;

import java.util.Locale;

/** Numbers for people: 1234567 is {@code 1.2 M}. */
public final class Scaled {
    private static final String[] UNITS = {"", "k", "M", "G", "T"};

    private Scaled() {}

    /** With one digit behind the point, where the number has a unit or is below 10; 0 is {@code 0}. */
    public static String of(double number) {
        int unit = 0;
        double n = number;
        while (n >= 1000 && unit < UNITS.length - 1) {
            n /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, n < 10 && n > 0 || unit > 0 ? "%.1f %s" : "%.0f %s", n, UNITS[unit])
                .strip();
    }
}
