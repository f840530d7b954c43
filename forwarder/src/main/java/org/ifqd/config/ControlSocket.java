package org.ifqd.config;

import java.nio.file.Path;

/**
 * Where the control socket is and who may open its file.
 *
 * @param path absolute or relative
 * @param mode permission bits of the file: who can open it may read counters; who may change something does not depend
 *     on it
 */
public record ControlSocket(Path path, int mode) {
    /** Owner and group. */
    public static final int DEFAULT_MODE = 0660;

    /** With the permissions of old. */
    public ControlSocket(Path path) {
        this(path, DEFAULT_MODE);
    }

    /**
     * Reads permission bits as chmod(1) has them.
     *
     * @throws IllegalArgumentException with the reason and the mend
     */
    public static int parseMode(String text) {
        if (!text.matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no mode; write \"0660\" for owner and group, \"0666\" for everybody to read");
        }
        return Integer.parseInt(text, 8);
    }
}
