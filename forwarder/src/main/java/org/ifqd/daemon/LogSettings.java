package org.ifqd.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import org.ifqd.config.LogLevel;
import org.slf4j.LoggerFactory;

/** Sets logback to what the configuration and the surroundings say. Any thread. */
final class LogSettings {
    /** The journal has the time itself, and wants the priority in front. */
    private static final String JOURNAL_PATTERN = "%priority%msg%n";

    private LogSettings() {}

    /** @param journal whether stderr goes to the journal: systemd sets JOURNAL_STREAM then, systemd.exec(5) */
    static void apply(LogLevel level, boolean journal) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.toLevel(level.name()));
            if (journal && root.getAppender("stderr") instanceof OutputStreamAppender<ILoggingEvent> stderr) {
                PatternLayoutEncoder encoder = new PatternLayoutEncoder();
                encoder.setContext(root.getLoggerContext());
                encoder.setPattern(JOURNAL_PATTERN);
                encoder.start();
                stderr.setEncoder(encoder);
            }
        }
    }
}
