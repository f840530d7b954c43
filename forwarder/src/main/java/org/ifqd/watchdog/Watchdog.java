package org.ifqd.watchdog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ifqd.ifq.ThreadEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when something that is due does not move, see {@link Progress}: a driver that hangs in a system call
 * cannot be interrupted, and a process that says so and ends, and is started again, is better than one that forwards
 * nothing and says nothing.
 *
 * <p>First it warns. It never bites because the process as a whole stood still ({@link AwakeClock}), because a thread
 * finds no processor ({@link KernelThread}), or while a debugger may hold a thread ({@link Debugger}).
 *
 * <p><b>Threading:</b> all methods by any thread. <b>Owns:</b> one thread, from {@link #start} to {@link #close}.
 */
public final class Watchdog implements AutoCloseable {
    /** Within a stop nothing that is one step takes longer than a drain, which is half of this. */
    static final long STOP_NS = TimeUnit.SECONDS.toNanos(10);

    /** Between two looks; each wakes all workers. */
    static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final Supplier<List<Activity>> activities;
    private final long managerNs;
    private final Consumer<String> bite;
    private final AwakeClock clock = new AwakeClock(PERIOD_NS);
    private final Progress progress = new Progress();
    private final Thread thread =
            Thread.ofPlatform().name("ifqd-watchdog").daemon().unstarted(this::run);

    private volatile long limitNs;
    private volatile List<HungActivity> stuck = List.of();
    private boolean closed;

    // what is asked of the machine; others in tests
    BooleanSupplier debugger = Debugger::isAttached;
    Function<Thread, KernelThread> kernel = stalled -> KernelThread.of(stalled).orElse(null);

    /** The stalled threads at the last look. */
    private Map<Thread, KernelThread> lastSeen = Map.of();

    private boolean hasToldOfDebugger;

    /**
     * @param activities what has to move
     * @param limitNs after which the process is ended; 0: never
     * @param managerNs within which a service manager wants a sign of life; empty: there is none that does
     * @param bite told, in one line, what hangs where; does not return in earnest
     */
    public Watchdog(Supplier<List<Activity>> activities, long limitNs, OptionalLong managerNs, Consumer<String> bite) {
        this.activities = activities;
        this.limitNs = limitNs;
        this.managerNs = managerNs.orElse(Long.MAX_VALUE);
        this.bite = bite;
    }

    /** When it is said that something is stuck, and a service manager gets no sign of life any more. */
    private long warnNs() {
        return Math.min(limitNs == 0 ? STOP_NS : limitNs, managerNs) / 2;
    }

    public void start() {
        thread.start();
    }

    /** A line for each thing that is stuck; empty while all that is due moves. */
    public List<String> stuck() {
        return stuck.stream().map(HungActivity::toString).toList();
    }

    /** A stop has begun: it has to come to an end, also where nothing else may end the process. */
    public void stopping() {
        limitNs = limitNs == 0 ? STOP_NS : Math.min(limitNs, STOP_NS);
    }

    /** @param limit after which the process is ended, from now on; 0: never */
    public void limit(long limit) {
        limitNs = limit;
    }

    private synchronized void run() {
        try {
            while (!closed) {
                lookAndGoOn();
                TimeUnit.NANOSECONDS.timedWait(this, PERIOD_NS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAndGoOn() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException | Error e) { // were it to end, systemd would go on hearing signs of life
            LOG.error("a defect of the watchdog, which goes on", e);
        }
    }

    /** Looks once. */
    void look(long nowNs) {
        List<HungActivity> all = progress.look(activities.get(), clock.tick(nowNs));
        List<HungActivity> before = stuck;
        long warn = warnNs();
        // all at once: that a queue is stuck is seen a look earlier or later than the thread that should empty it
        stuck = has(all, warn) ? all : List.of();
        Map<Thread, KernelThread> seenBefore = lastSeen;
        lastSeen = seen(stuck);
        tell(before);
        long limit = limitNs;
        if (limit != 0 && has(stuck, limit) && !isStarved(seenBefore) && !isDebugged()) {
            bite.accept(describe(stuck));
        }
    }

    private static boolean has(List<HungActivity> stalls, long forNs) {
        return stalls.stream().anyMatch(stall -> stall.forNs() >= forNs);
    }

    private Map<Thread, KernelThread> seen(List<HungActivity> stalls) {
        Map<Thread, KernelThread> seen = new HashMap<>();
        for (HungActivity stall : stalls) {
            Thread stalled = stall.activity().thread();
            KernelThread now = stalled == null ? null : kernel.apply(stalled);
            if (now != null) {
                seen.put(stalled, now);
            }
        }
        return seen;
    }

    private boolean isStarved(Map<Thread, KernelThread> before) {
        return lastSeen.entrySet().stream()
                .anyMatch(now ->
                        before.containsKey(now.getKey()) && now.getValue().isStarvedSince(before.get(now.getKey())));
    }

    private boolean isDebugged() {
        boolean isDebugged = debugger.getAsBoolean();
        if (isDebugged && !hasToldOfDebugger) {
            hasToldOfDebugger = true;
            LOG.warn("the watchdog does not end a process that is being debugged");
        }
        return isDebugged;
    }

    private void tell(List<HungActivity> before) {
        if (stuck.isEmpty() && !before.isEmpty()) {
            LOG.warn("frames can flow again");
        } else if (before.isEmpty() && !stuck.isEmpty()) {
            LOG.error("{}", String.join("; ", stuck()));
        }
    }

    private String describe(List<HungActivity> hung) {
        StringBuilder line = new StringBuilder("watchdog: ");
        line.append(String.join("; ", hung.stream().map(HungActivity::toString).toList()));
        hung.stream()
                .map(stall -> stall.activity().thread())
                .filter(each -> each != null)
                .distinct()
                .forEach(each -> line.append("; stack of ")
                        .append(each.getName())
                        .append(lastSeen.containsKey(each) ? " (" + lastSeen.get(each) + ")" : "")
                        .append(": ")
                        .append(StackLines.stack(each)));
        return line.toString();
    }

    /** Ends the thread and waits for it: afterwards nothing is looked at. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        ThreadEnd.await(thread);
    }
}
