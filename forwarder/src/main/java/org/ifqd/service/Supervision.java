package org.ifqd.service;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.ifqd.linux.control.ServiceNotifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the service manager (systemd) informed: ready, live rates, reloading, stopping. Its watchdog hears of us only
 * while ours finds that frames can flow: a process that is alive and forwards nothing is to be killed and started
 * again.
 *
 * <p>Does nothing, and has no thread, where no service manager listens.
 *
 * <p><b>Threading:</b> all methods by any thread. <b>Owns:</b> one thread, from {@link #ready} to {@link #close}.
 */
public final class Supervision implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);
    /** How often the status changes. */
    private static final long STATUS_NS = TimeUnit.SECONDS.toNanos(5);

    /** Signs within the manager's time. */
    private static final int SIGNS_IN_TIME = 4;

    private final ServiceNotifier manager;
    private final Supervised supervised;
    private final Rates rates = new Rates();
    private final Supplier<List<String>> stalls;
    private final Thread thread;
    private List<String> stuck = List.of();
    private String status = "";
    private boolean stopping;
    private boolean closed;

    private Supervision(ServiceNotifier manager, Supervised supervised, Supplier<List<String>> stalls) {
        this.manager = manager;
        this.supervised = supervised;
        this.stalls = stalls;
        this.thread = Thread.ofPlatform().name("ifqd-service").daemon().unstarted(this::run);
    }

    /**
     * @param manager null for none
     * @param stalls what is stuck, a line each
     */
    public static Supervision of(ServiceNotifier manager, Supervised supervised, Supplier<List<String>> stalls) {
        return new Supervision(manager, supervised, stalls);
    }

    /** Frames flow: at the start, and when a reload is over, whether it has changed something or was refused. */
    public synchronized void ready() {
        if (manager == null || stopping) {
            return;
        }
        manager.ready(status());
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** A reload begins; {@link #ready} ends it. */
    public synchronized void reloading() {
        if (manager != null && !stopping) {
            manager.reloading();
        }
    }

    /** A drain begins. */
    public synchronized void stopping() {
        if (manager != null && !stopping) {
            stopping = true;
            manager.stopping();
        }
    }

    private String status() {
        return "forwarding " + supervised.name() + ": " + rates.since(supervised.snapshot(), System.nanoTime());
    }

    private synchronized void run() {
        long periodNs = periodNs(manager.watchdogNs());
        long statusNs = System.nanoTime() + STATUS_NS;
        while (!closed) {
            long now = System.nanoTime();
            boolean isTime = now - statusNs >= 0;
            statusNs = isTime ? now + STATUS_NS : statusNs;
            turn(isTime);
            sleep(now + periodNs);
        }
    }

    /** Whatever fails must not end the thread: without a sign of life the manager would end a daemon that forwards. */
    private void turn(boolean tells) {
        try {
            watch();
            if (tells) {
                tell();
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("the service manager cannot be told: {}", e.toString());
        }
    }

    static long periodNs(OptionalLong watchdogNs) {
        return Math.min(STATUS_NS, watchdogNs.orElse(STATUS_NS * SIGNS_IN_TIME) / SIGNS_IN_TIME);
    }

    private void watch() {
        stuck = stalls.get();
        if (stuck.isEmpty()) {
            manager.alive();
        }
    }

    private void tell() {
        if (stopping) {
            return; // the ports may be closed by now
        }
        String now = stuck.isEmpty() ? status() : stuck.getFirst();
        if (!now.equals(status)) {
            status = now;
            manager.status(now);
        }
    }

    private void sleep(long untilNs) {
        try {
            for (long leftNs; !closed && (leftNs = untilNs - System.nanoTime()) > 0; ) {
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    /** Ends the thread and waits for it: afterwards nothing supervised is looked at. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
