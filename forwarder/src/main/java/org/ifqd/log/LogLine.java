package org.ifqd.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.ifqd.config.InterfaceName;

/**
 * A line of the log: time, level and message; or, for the journal, which has the time itself, priority and message. A
 * stack trace follows on lines of its own.
 *
 * <p>Written out and not as a pattern of logback's: to parse one, and the XML around it, takes 60 ms of the start.
 *
 * <p><b>Threading:</b> any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/sd-daemon.3.html">sd-daemon(3): priorities</a>
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
    /** Set up by the first line, not by the start. */
    private static final class Time {
        static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    }

    private volatile boolean journal;

    /** From now on lines go to the journal. */
    void forJournal() {
        journal = true;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder();
        if (journal) {
            line.append(priority(event.getLevel()));
        } else {
            Time.FORMAT.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
            String level = event.getLevel().toString();
            line.append(' ').append(level).repeat(' ', Math.max(1, 6 - level.length()));
        }
        line.append(InterfaceName.printable(event.getFormattedMessage())).append(CoreConstants.LINE_SEPARATOR);
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    private static String priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "<3>";
            case Level.WARN_INT -> "<4>";
            case Level.INFO_INT -> "<6>";
            default -> "<7>";
        };
    }
}
