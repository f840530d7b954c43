package org.ifqd.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.config.ConfigException;
import org.ifqd.control.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ifqd top}: the counters of a running daemon, live.
 *
 * <p>One thread asks the daemon, another one has the terminal: a daemon that does not answer must not keep q from
 * working.
 */
@Command(
        name = "top",
        description =
                "Shows a running ifqd on the whole terminal, live: rates for each port and direction, send queues,"
                        + " latency, receive workers, drops by reason. Keys: q or Ctrl-C ends, arrows, PgUp and PgDn scroll, ? tells them all.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TopCommand implements Callable<Integer> {
    private static final double SHORTEST_S = 0.1;
    private static final double LONGEST_S = 60;

    /** How long a change of the terminal's size, a signal or a new sample may wait to be seen. */
    private static final int LOOK_MS = 100;

    private static final List<String> HELP = List.of(
            TopView.TITLE + "keys",
            "q, Ctrl-C           end",
            "arrows, k and j     scroll by a line",
            "PgUp, PgDn          scroll by a page; also b and the space bar",
            "?, h                these lines, and back");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--interval",
            paramLabel = "S",
            defaultValue = "1",
            description = "Seconds between two looks, 0.1 to 60 (default ${DEFAULT-VALUE}).")
    private double intervalSeconds;

    @Mixin
    private ControlOption control;

    private final AtomicReference<Look> look = new AtomicReference<>();
    private boolean isHelp; // of the thread that has the terminal
    private volatile boolean stopped;
    private volatile IOException failure;

    /** Two samples to compare, the same one at first. */
    private record Look(TopSample before, TopSample now) {}

    @Override
    public Integer call() throws IOException {
        if (!(intervalSeconds >= SHORTEST_S && intervalSeconds <= LONGEST_S)) {
            throw new ParameterException(
                    spec.commandLine(), "--interval " + intervalSeconds + " is not between 0.1 and 60 seconds");
        }
        if (!TopScreen.isPossible()) {
            throw new ConfigException("top needs a terminal on its input and output, and TERM to name its kind;"
                    + " without one use ifqd stats --watch");
        }
        try (ControlClient client = control.connect()) {
            look(client); // what can fail is to fail before the screen is taken
            StopSignals.handle(() -> stopped = true);
            Thread.ofVirtual().start(() -> watch(client));
            try (TopScreen screen = new TopScreen()) {
                run(screen);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return 0;
    }

    private void watch(ControlClient client) {
        long periodNs = (long) (intervalSeconds * TimeUnit.SECONDS.toNanos(1));
        long dueNs = System.nanoTime();
        try {
            while (!stopped) {
                dueNs = Math.max(dueNs + periodNs, System.nanoTime());
                while (!stopped && System.nanoTime() - dueNs < 0) {
                    LockSupport.parkNanos(dueNs - System.nanoTime());
                }
                look(client);
            }
        } catch (IOException e) {
            failure = stopped ? null : e;
            stopped = true;
        }
    }

    private void look(ControlClient client) throws IOException {
        Map<String, Object> answer =
                JSON.std.mapFrom(client.ask(Map.of("command", "stats", "latencyBuckets", Boolean.TRUE)));
        TopSample now = new TopSample(new StatsNode(answer), System.nanoTime());
        Look last = look.get();
        look.set(new Look(last == null ? now : last.now, now));
    }

    private void run(TopScreen screen) throws IOException {
        Look shown = null;
        long ageS = 0;
        boolean isMoved = false;
        while (!stopped) {
            Look latest = look.get();
            long latestAgeS = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - latest.now.atNs());
            if (latest != shown || latestAgeS != ageS || isMoved || screen.isResized()) {
                shown = latest;
                ageS = latestAgeS;
                screen.show(header(shown.now, ageS), isHelp ? HELP : new TopView(shown.before, shown.now).lines());
            }
            isMoved = act(screen, screen.key(LOOK_MS));
        }
    }

    private String header(TopSample now, long ageS) {
        boolean isLate = ageS > intervalSeconds + 2;
        return "ifqd   %d ports   unaccounted %d%s   every %s s   %s   %s"
                .formatted(
                        now.ports().size(),
                        now.stats().number("unaccounted"),
                        Boolean.TRUE.equals(now.stats().map().get("looped")) ? "   LOOP: forwarding is stopped" : "",
                        Double.toString(intervalSeconds).replaceAll("\\.0$", ""),
                        isLate ? "NO ANSWER for " + ageS + " s" : "?: keys, q: ends",
                        control.path());
    }

    /** Returns whether something is to be shown anew. */
    private boolean act(TopScreen screen, int key) {
        switch (key) {
            case 'q', 'Q', TopScreen.CTRL_C -> stopped = true;
            case 'j', TopScreen.DOWN -> screen.scroll(1);
            case 'k', TopScreen.UP -> screen.scroll(-1);
            case ' ', TopScreen.PAGE_DOWN -> screen.scroll(screen.page());
            case 'b', TopScreen.PAGE_UP -> screen.scroll(-screen.page());
            case '?', 'h' -> isHelp = !isHelp;
            default -> {
                return false;
            }
        }
        return true;
    }
}
