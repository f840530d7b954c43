package org.ifqd.daemon;

import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.ifqd.watchdog.Activity;

/**
 * The controlling thread: whatever opens, closes or changes ports happens on it, one thing after the other. It calls
 * drivers, and waits behind the barrier for threads that do; so the watchdog looks at it.
 *
 * <p><b>Threading:</b> {@link #serve}, {@link #begin}, {@link #step}, {@link #end} and {@link #isAsked} by the
 * controlling thread, the others by any.
 */
final class ControlThread {
    private final BlockingQueue<Runnable> requests = new LinkedBlockingQueue<>();
    private final AtomicLong steps = new AtomicLong();
    private volatile Thread busy;
    private volatile String subject = "";
    private boolean asked;

    /** The work to be done besides requests. */
    interface Chores {
        /** While nothing is asked for, and before it waits: nothing that may take long. */
        void whenIdle();

        /** Nanoseconds until {@link #due}, even if nobody asks; empty for never. */
        OptionalLong untilDueNs();

        void due();

        /** After each request, but for the one to stop. */
        void afterwards();
    }

    /** Has it done, soon. */
    void post(Runnable request) {
        requests.add(request);
    }

    /** Has it done, and waits for the answer. */
    <T> T call(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        post(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("ifqd is stopping", e);
        }
    }

    /** Has {@link #serve} end, after all that was asked for before. */
    void stop() {
        post(() -> asked = true);
    }

    /** Whether it was asked to stop: nothing is to be opened any more. */
    boolean isAsked() {
        return asked;
    }

    /** Does what is asked for until {@link #stop}. */
    void serve(Chores chores) {
        try {
            while (!asked) {
                chores.whenIdle();
                OptionalLong untilDueNs = chores.untilDueNs();
                Runnable request = untilDueNs.isPresent()
                        ? requests.poll(untilDueNs.getAsLong(), TimeUnit.NANOSECONDS)
                        : requests.take();
                begin();
                if (request != null) {
                    request.run();
                } else {
                    chores.due();
                }
                if (!asked) {
                    chores.afterwards();
                }
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts this thread wants it to end
        }
    }

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

    /** The watchdog looks at this. */
    Activity activity() {
        Thread thread = busy;
        boolean isDue = thread != null && !isWriting(thread);
        String about = subject;
        return new Activity(
                "controlling thread" + (about.isEmpty() ? "" : ", at " + about + ","), isDue, steps.get(), thread);
    }

    /**
     * Who reads what it prints or logs may be slow, or a terminal that was stopped with Ctrl-S: frames flow all the
     * same. Any line of log may be the one that waits, so it is the stack that is asked.
     */
    private static boolean isWriting(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.io.FileOutputStream")) {
                return true;
            }
        }
        return false;
    }
}
