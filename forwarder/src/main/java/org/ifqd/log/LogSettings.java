package org.ifqd.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.ifqd.config.LogLevel;
import org.slf4j.LoggerFactory;

/**
 * Sets logback up: everything goes to stderr. Logback finds this class as a service and calls it when the first logger
 * is made;
 * {@code -Dlogback.configurationFile=FILE} takes its place. Any thread.
 */
public final class LogSettings extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        LogLine line = new LogLine();
        line.setContext(context);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(line);
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget(ConsoleTarget.SystemErr.getName());
        stderr.setEncoder(encoder);
        encoder.start();
        stderr.start();
        LogTail tail = new LogTail(stderr);
        tail.setContext(context);
        tail.start();
        context.putObject(LogTail.class.getName(), tail);
        FoldedLog folded = new FoldedLog(tail, System::nanoTime);
        folded.setContext(context);
        folded.start();
        context.putObject(LogLine.class.getName(), line);
        context.getLogger("org.pcap4j").setLevel(Level.ERROR); // else it greets, and repeats what it throws
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(folded);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * The settings that configuration and surroundings ask for.
     *
     * @param journal whether stderr goes to the journal: systemd sets JOURNAL_STREAM then, systemd.exec(5)
     */
    public static void apply(LogLevel level, boolean journal) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.toLevel(level.name()));
            if (journal && root.getLoggerContext().getObject(LogLine.class.getName()) instanceof LogLine line) {
                line.forJournal();
            }
        }
    }
}
