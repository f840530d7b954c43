package org.ifqd.config;

import java.util.Locale;

/** Which lines are logged: those of the level and of the more serious ones. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    /** The name on the command line and in the file. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
