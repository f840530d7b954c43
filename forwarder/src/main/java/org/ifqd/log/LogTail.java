package org.ifqd.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ifqd.config.InterfaceName;
import org.slf4j.LoggerFactory;

/**
 * Remembers the last lines of the log, for the live page, and passes each on.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class LogTail extends AppenderBase<ILoggingEvent> {
    static final int MOST_LINES = 50;
    private static final int LONGEST_LINE = 1_000;

    private record Line(long atMs, String level, String text) {}

    private final Appender<ILoggingEvent> to;
    private final Deque<Line> lines = new ArrayDeque<>();

    /** @param to where lines go */
    LogTail(Appender<ILoggingEvent> to) {
        this.to = to;
    }

    @Override
    protected void append(ILoggingEvent event) {
        String text = InterfaceName.printable(event.getFormattedMessage());
        synchronized (lines) {
            lines.addLast(new Line(
                    event.getTimeStamp(),
                    event.getLevel().toString(),
                    text.substring(0, Math.min(text.length(), LONGEST_LINE))));
            if (lines.size() > MOST_LINES) {
                lines.removeFirst();
            }
        }
        to.doAppend(event);
    }

    /** The last lines, the oldest first: {@code atMs} since 1970, {@code level}, {@code text}. */
    List<Map<String, Object>> last() {
        synchronized (lines) {
            List<Map<String, Object>> all = new ArrayList<>();
            for (Line line : lines) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("atMs", line.atMs);
                map.put("level", line.level);
                map.put("text", line.text);
                all.add(map);
            }
            return all;
        }
    }

    /** The last lines of this process; none where logback was set up by a file of the user's. */
    public static List<Map<String, Object>> ofProcess() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                        && context.getObject(LogTail.class.getName()) instanceof LogTail tail
                ? tail.last()
                : List.of();
    }
}
