package org.ifqd.config;

import java.util.List;

/** The user's request cannot be met. Each line says what, where, and how to mend it. Exit status 2. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String line) {
        super(line);
    }

    /** Several things at once, a line for each. */
    public ConfigException(List<String> lines) {
        super(String.join("\n", lines));
    }

    /** The lines to be shown, one for each thing that is wrong. */
    public List<String> lines() {
        return getMessage().lines().toList();
    }
}
