package org.ifqd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogTailTest {
    @Test
    void keepsTheLastLinesAndPassesAllOn() {
        LoggerContext context = new LoggerContext();
        ListAppender<ILoggingEvent> to = new ListAppender<>();
        to.start();
        LogTail tail = new LogTail(to);
        tail.setContext(context);
        tail.start();
        for (int i = 0; i < LogTail.MOST_LINES + 10; i++) {
            tail.doAppend(new LoggingEvent("", context.getLogger("x"), Level.WARN, "line {}", null, new Object[] {i}));
        }
        List<Map<String, Object>> lines = tail.last();
        assertEquals(LogTail.MOST_LINES + 10, to.list.size());
        assertEquals(LogTail.MOST_LINES, lines.size());
        assertEquals("line 10", lines.getFirst().get("text"));
        assertEquals("WARN", lines.getLast().get("level"));
    }
}
