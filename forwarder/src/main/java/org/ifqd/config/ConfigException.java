package org.ifqd.config;

/** What the user asked for cannot be done. The message is one line: what, where, and how to mend it. Exit status 2. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
