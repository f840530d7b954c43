package org.ifqd.config;

import java.nio.charset.StandardCharsets;

/** Names of interfaces, which may hold whatever somebody with a user namespace of his own has thought of. */
public final class InterfaceName {
    /** A possible name has this form. */
    public static final String RULE = "names have 1 to 15 bytes, no / or : or space or control character";

    private static final int MOST_BYTES = 15;

    private InterfaceName() {}

    /**
     * Whether a port may be called so: as the kernel decides it (dev_valid_name() of net/core/dev.c), and nothing that
     * a terminal would take for a command.
     */
    public static boolean isPossible(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes > 0
                && bytes <= MOST_BYTES
                && !name.matches("\\.{1,2}|.*[/:\\s\\u00a0\\p{Cntrl}\\u0080-\\u009f].*");
    }

    /**
     * A text with such a name in it, for terminals and logs: control characters, but for tabs and line ends, as
     * question marks.
     */
    public static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u0080-\\u009f&&[^\\n\\t]]", "?");
    }
}
