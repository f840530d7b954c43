package org.ifqd.daemon;

import java.util.concurrent.atomic.AtomicLong;
import org.ifqd.bridge.Activity;

/**
 * What the controlling thread is at: where a port is opened, paused or closed it calls drivers, and waits behind the barrier for
 * threads that do.
 *
 * <p><b>Threading:</b> {@link #activity} by any thread, the others by the controlling thread.
 */
final class Duty {
    private final AtomicLong steps = new AtomicLong();
    private volatile Thread busy;
    private volatile String subject = "";

    /** From now on it has something to do, and has to {@link #step} on. */
    void begin() {
        step("");
        busy = Thread.currentThread();
    }

    /**
     * One more thing begins: each takes a few seconds at most.
     *
     * @param what it concerns, for example a pair of ports; or an empty string
     */
    void step(String what) {
        subject = what;
        steps.incrementAndGet();
    }

    /** From now on it may wait for as long as it likes. */
    void end() {
        busy = null;
    }

    Activity activity() {
        Thread thread = busy;
        boolean isDue = thread != null && !isWriting(thread);
        String about = subject;
        return new Activity(
                "controlling thread" + (about.isEmpty() ? "" : ", at " + about + ","), isDue, steps.get(), thread);
    }

    /** Who reads what it prints may be slow, or a terminal that was stopped with Ctrl-S: frames flow all the same. */
    private static boolean isWriting(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.io.FileOutputStream")) {
                return true;
            }
        }
        return false;
    }
}
