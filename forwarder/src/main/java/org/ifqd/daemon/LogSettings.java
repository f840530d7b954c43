package org.ifqd.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.ifqd.config.LogLevel;
import org.slf4j.LoggerFactory;

/** Sets logback to what the configuration says. Any thread. */
final class LogSettings {
    private LogSettings() {}

    static void apply(LogLevel level) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.toLevel(level.name()));
        }
    }
}
