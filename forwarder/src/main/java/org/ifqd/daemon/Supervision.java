package org.ifqd.daemon;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.ifqd.bridge.Progress;
import org.ifqd.linux.control.ServiceNotifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the service manager (systemd) informed: ready, live rates, reloading, stopping. Its watchdog hears of us only while
 * frames can flow, see {@link Progress}: a process that is alive and forwards nothing is to be killed and started again.
 *
 * <p>Does nothing, and has no thread, where no service manager listens.
 *
 * <p><b>Threading:</b> all methods by any thread. <b>Owns:</b> one thread, from {@link #ready} to {@link #close}.
 */
final class Supervision implements AutoCloseable {
    /** How often the status changes. */
    private static final long STATUS_NS = TimeUnit.SECONDS.toNanos(5);

    /** Looks within the watchdog's time: two of them must find nothing moved, and still be early enough to tell. */
    private static final int LOOKS_IN_TIME = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Supervision.class);

    private final ServiceNotifier manager;
    private final Supervised supervised;
    private final Rates rates = new Rates();
    private final Progress progress = new Progress();
    private final Thread thread;
    private List<String> stuck = List.of();
    private String status = "";
    private boolean stopping;
    private boolean closed;

    private Supervision(ServiceNotifier manager, Supervised supervised) {
        this.manager = manager;
        this.supervised = supervised;
        this.thread = Thread.ofPlatform().name("ifqd-service").daemon().unstarted(this::run);
    }

    /**
     * Looks for a service manager.
     *
     * @param environment of this process
     */
    static Supervision open(Map<String, String> environment, Supervised supervised) {
        return of(ServiceNotifier.open(environment, LOG::warn).orElse(null), supervised);
    }

    /** @param manager null for none */
    static Supervision of(ServiceNotifier manager, Supervised supervised) {
        return new Supervision(manager, supervised);
    }

    /** Frames flow: at the start, and when a reload is over, whether it has changed something or was refused. */
    synchronized void ready() {
        if (manager == null || stopping) {
            return;
        }
        manager.ready(status());
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** A reload begins; {@link #ready} ends it. */
    synchronized void reloading() {
        if (manager != null && !stopping) {
            manager.reloading();
        }
    }

    /** A drain begins. */
    synchronized void stopping() {
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
            watch(now);
            if (now - statusNs >= 0) {
                statusNs = now + STATUS_NS;
                tell();
            }
            sleep(now + periodNs);
        }
    }

    static long periodNs(OptionalLong watchdogNs) {
        return Math.min(STATUS_NS, watchdogNs.orElse(STATUS_NS * LOOKS_IN_TIME) / LOOKS_IN_TIME);
    }

    private void watch(long now) {
        List<String> before = stuck;
        stuck = progress.look(supervised.activities(), now);
        if (stuck.isEmpty()) {
            manager.alive();
        }
        if (stuck.isEmpty() != before.isEmpty()) {
            if (stuck.isEmpty()) {
                LOG.warn("frames can flow again");
            } else {
                LOG.error(
                        "{}{}",
                        String.join("; ", stuck),
                        manager.watchdogNs().isPresent() ? "; no sign to the watchdog" : "");
            }
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
