package org.ifqd.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FoldedLogTest {
    private final ListAppender<ILoggingEvent> out = new ListAppender<>();
    private final LoggerContext context = new LoggerContext();
    private long nowNs;
    private final FoldedLog log = new FoldedLog(out, () -> nowNs);

    @BeforeEach
    void start() {
        out.setContext(context);
        out.start();
        log.setContext(context);
        log.start();
    }

    private void say(Level level, String text) {
        LoggingEvent event = new LoggingEvent("test", context.getLogger("test"), level, text, null, null);
        log.doAppend(event);
    }

    private void pass(long seconds) {
        nowNs += TimeUnit.SECONDS.toNanos(seconds);
        log.flushDue(nowNs);
    }

    private void assertSaid(String... lines) {
        assertEquals(
                List.of(lines),
                out.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
        out.list.clear();
    }

    @Test
    void anErrorThatPersistsIsSaidOnceAMinute() {
        for (int i = 0; i <= 12; i++) {
            say(Level.ERROR, "eth1: busy {}");
            pass(5);
        }
        assertSaid("eth1: busy {}", "eth1: busy {} ... 11 times more in 60 s");
        for (int i = 0; i < 11; i++) {
            say(Level.ERROR, "eth1: busy {}");
            pass(5);
        }
        assertSaid("eth1: busy {} ... 12 times more in 60 s");
        pass(60);
        assertSaid();
        pass(60);
        say(Level.ERROR, "eth1: busy {}");
        assertSaid("eth1: busy {}");
    }

    @Test
    void anotherLineAboutTheSameEndsTheFold() {
        say(Level.WARN, "eth1: busy");
        say(Level.WARN, "eth1: busy");
        say(Level.WARN, "eth2: busy");
        say(Level.WARN, "eth1: busy");
        pass(3);
        say(Level.INFO, "eth1: running");
        say(Level.WARN, "eth1: busy");
        assertSaid("eth1: busy", "eth2: busy", "eth1: busy ... 2 times more in 3 s", "eth1: running", "eth1: busy");
    }

    /** Requests of operators, changes to and fro: each is news. */
    @Test
    void whatIsNoRepetitionIsNeverFolded() {
        say(Level.INFO, "reloaded: nothing");
        say(Level.INFO, "reloaded: nothing");
        say(Level.WARN, "eth1: loop");
        say(Level.WARN, "eth1: no loop");
        say(Level.WARN, "eth1: loop");
        assertSaid("reloaded: nothing", "reloaded: nothing", "eth1: loop", "eth1: no loop", "eth1: loop");
    }

    @Test
    void theNumberOfSubjectsIsBounded() {
        say(Level.WARN, "first: a");
        say(Level.WARN, "first: a");
        for (int i = 0; i < 256; i++) {
            say(Level.WARN, i + ": b");
        }
        assertEquals(1 + 1 + 256, out.list.size());
        assertEquals(
                1,
                out.list.stream()
                        .filter(event -> event.getFormattedMessage().equals("first: a ... once more in 0 s"))
                        .count());
    }
}
