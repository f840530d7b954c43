package org.ifqd.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Folds warnings and errors that are said again and again: the first one at once, then once a minute how often more, as
 * long as they go on.
 *
 * <p>A line is said again if it is the last one about its subject, its first word. So a port that
 * loses its carrier, finds and loses it again has a line each time, and two ports that fail in turn are folded each for
 * itself.
 *
 * <p><b>Threading:</b> any thread. <b>Owns:</b> a thread, once there is something to fold.
 */
final class FoldedLog extends AppenderBase<ILoggingEvent> {
    static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(60);

    /** How lines of the control socket begin. */
    private static final String OF_CLIENTS = "control: ";

    /** Subjects that are remembered; their number has no end, as lines hold what others say. */
    private static final int MOST_SUBJECTS = 256;

    private final Appender<ILoggingEvent> to;
    private final LongSupplier clock;
    private final LinkedHashMap<String, Last> lasts = new LinkedHashMap<>();
    private Thread thread;

    private static final class Last {
        private final ILoggingEvent event;
        private long sinceNs;
        private long more;

        Last(ILoggingEvent event, long sinceNs) {
            this.event = event;
            this.sinceNs = sinceNs;
        }

        boolean isSaidAgain(ILoggingEvent next) {
            return next.getLevel().isGreaterOrEqual(Level.WARN)
                    && next.getLevel().equals(event.getLevel())
                    && next.getThrowableProxy() == null
                    && next.getFormattedMessage().equals(event.getFormattedMessage());
        }
    }

    /**
     * @param to where lines go
     * @param clock nanoseconds
     */
    FoldedLog(Appender<ILoggingEvent> to, LongSupplier clock) {
        this.to = to;
        this.clock = clock;
    }

    @Override
    protected void append(ILoggingEvent event) {
        synchronized (lasts) {
            long now = clock.getAsLong();
            flushDue(now);
            String subject = subject(event.getFormattedMessage());
            Last last = lasts.get(subject);
            if (last != null && last.isSaidAgain(event)) {
                last.more++;
                watch();
                return;
            }
            if (last != null) {
                say(last, now);
            }
            lasts.remove(subject);
            if (lasts.size() == MOST_SUBJECTS) {
                Map.Entry<String, Last> oldest = lasts.firstEntry();
                say(oldest.getValue(), now);
                lasts.remove(oldest.getKey());
            }
            lasts.put(subject, new Last(event, now));
            to.doAppend(event);
        }
    }

    /**
     * Lines that clients bring about are folded each by itself: else a client that alternates would never be folded.
     */
    private static String subject(String message) {
        return message.startsWith(OF_CLIENTS) ? message : message.split("[: ]", 2)[0];
    }

    /** Says what was folded for a whole window; what was not said again in that time is forgotten. */
    void flushDue(long now) {
        synchronized (lasts) {
            lasts.values().removeIf(last -> {
                boolean isDue = now - last.sinceNs >= WINDOW_NS;
                boolean isOver = isDue && last.more == 0;
                if (isDue) {
                    say(last, now);
                }
                return isOver;
            });
        }
    }

    private void say(Last last, long now) {
        if (last.more > 0) {
            LoggingEvent folded = new LoggingEvent();
            folded.setLoggerName(last.event.getLoggerName());
            folded.setLevel(last.event.getLevel());
            folded.setTimeStamp(System.currentTimeMillis());
            folded.setMessage("%s ... %s more in %d s"
                    .formatted(
                            last.event.getFormattedMessage(),
                            last.more == 1 ? "once" : last.more + " times",
                            TimeUnit.NANOSECONDS.toSeconds(now - last.sinceNs)));
            to.doAppend(folded);
        }
        last.more = 0;
        last.sinceNs = now;
    }

    /** From now on somebody looks at the clock, also when nothing is logged. */
    private void watch() {
        if (thread == null) {
            thread = Thread.ofPlatform().name("ifqd-log").daemon().start(() -> {
                try {
                    while (true) {
                        TimeUnit.SECONDS.sleep(1);
                        flushDue(clock.getAsLong());
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }
}
