package org.ifqd.linux;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The release of the running kernel, for what no call tells. <b>Threading:</b> any thread. */
public final class KernelRelease {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*");

    private KernelRelease() {}

    /** Whether it is this one or a later one; of a name without numbers not. */
    public static boolean isAtLeast(int major, int minor) {
        return isAtLeast(System.getProperty("os.version", ""), major, minor);
    }

    static boolean isAtLeast(String release, int major, int minor) {
        Matcher numbers = NUMBERS.matcher(release);
        if (!numbers.matches()) {
            return false;
        }
        int itsMajor = Integer.parseInt(numbers.group(1));
        return itsMajor > major || itsMajor == major && Integer.parseInt(numbers.group(2)) >= minor;
    }
}
