package org.ifqd.ifq;

import java.util.ArrayDeque;

/**
 * The thread that runs deferred starts (OpenBSD: a softnet task queue). Any number of interfaces share it; each gets
 * its turn.
 *
 * <p><b>Why it cannot lose a wake-up:</b> the thread decides to wait, and others list work, under one monitor.
 *
 * <p><b>Threading:</b> any thread; {@link #close} not from the worker. <b>Owns:</b> the thread. <b>Allocation:</b> none
 * after construction: it waits on an object's monitor because a wait on a {@code Condition}, and a contended
 * {@code ReentrantLock}, allocate a node each time.
 */
public final class StartWorker implements AutoCloseable {
    private final Object monitor = new Object();
    private final ArrayDeque<DeferredStart> listed = new ArrayDeque<>();
    private final Thread thread;
    private final Runnable first;

    /** The work that the thread is running now, or null. */
    private DeferredStart running;

    private boolean waiting;
    private boolean closed;

    private StartWorker(String threadName, Runnable first) {
        this.first = first;
        thread = new Thread(this::work, threadName);
        thread.setDaemon(true);
    }

    /** @param threadName up to 15 characters, which is what the kernel keeps */
    public static StartWorker open(String threadName) {
        return open(threadName, () -> {});
    }

    /** @param first run once, on the worker's thread, before any start: that thread may have to be on one processor */
    public static StartWorker open(String threadName, Runnable first) {
        StartWorker worker = new StartWorker(threadName, first);
        worker.thread.start();
        return worker;
    }

    private void work() {
        first.run();
        for (DeferredStart next; (next = take()) != null; ) {
            try {
                next.action.run();
            } catch (Throwable e) {
                // one interface must not stop the others; what a driver throws does not come here, the serializer
                // reports it
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    /** The next one, now running; or null when closed and nothing is left. */
    private DeferredStart take() {
        synchronized (monitor) {
            running = null;
            monitor.notifyAll(); // whoever settles
            waiting = true;
            while (listed.isEmpty() && !closed) {
                awaitChange();
            }
            waiting = false;
            running = listed.pollFirst();
            if (running != null) {
                running.pending = false; // before it runs: who asks from here on is listed again
            }
            return running;
        }
    }

    boolean list(DeferredStart start) {
        synchronized (monitor) {
            if (closed) {
                return false;
            }
            if (!start.pending) {
                start.pending = true;
                listed.addLast(start);
                if (waiting) {
                    monitor.notifyAll();
                }
            }
            return true;
        }
    }

    void unlist(DeferredStart start) {
        synchronized (monitor) {
            if (start.pending) {
                start.pending = false;
                listed.remove(start);
            }
        }
    }

    void settle(DeferredStart start) {
        boolean interrupted = false;
        synchronized (monitor) {
            unlist(start);
            while (running == start) {
                interrupted |= awaitChange();
                unlist(start); // it may have asked for itself again
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits on the monitor, which is held; returns whether it was interrupted meanwhile. */
    private boolean awaitChange() {
        try {
            monitor.wait();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /**
     * Runs what is listed, ends the thread and waits for that. Starts that are asked for later run on their callers.
     */
    @Override
    public void close() {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException(thread.getName() + ": closed from inside a start that it runs");
        }
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
        ThreadEnd.await(thread);
    }
}
