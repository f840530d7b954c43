package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * How threads stand against the machine's other work.
 *
 * <p>{@link #AUTO} is nice -10, or the best that may be had, and not real time. Measured with two busy processes on
 * each processor, a ping every 10 ms through ifqd: p99 4.1 ms at nice 0, 0.54 ms at -10, 4.0 ms at -15, 0.07 ms with
 * SCHED_FIFO; no frame of 1,000,000 at 200,000 a second is lost in any of them. A SCHED_FIFO thread that looks for its
 * next frame keeps its processor from all others but for what the kernel sets aside for them (a twentieth); at -10 they
 * have a tenth at least, at once. So real time is for who asks for it.
 *
 * <p><b>Threading:</b> any thread; platform threads.
 *
 * @param kind which of the kernel's ways
 * @param value nice value, or priority of SCHED_FIFO; 0 where there is none
 * @see <a href="https://man7.org/linux/man-pages/man7/sched.7.html">sched(7)</a>
 */
public record Scheduling(Kind kind, int value) {
    /** Of {@link Scheduling}. */
    public enum Kind {
        /** As well as may be had. */
        AUTO,
        /** As the process was started. */
        NONE,
        /** SCHED_OTHER with a weight. */
        NICE,
        /** Real time: before all that is not. */
        FIFO
    }

    public static final Scheduling AUTO = new Scheduling(Kind.AUTO, 0);
    public static final Scheduling NONE = new Scheduling(Kind.NONE, 0);

    private static final int BEST_AUTO = -10;
    private static final int LEAST_NICE = -20;
    private static final int MOST_NICE = 19;

    /** The kernel's interrupt threads have 50: without them no frame comes. */
    private static final int MOST_PRIORITY = 49;

    private static final int SCHED_FIFO = 1;

    /**
     * Reads {@code auto}, {@code none}, {@code nice:N} or {@code fifo:N}.
     *
     * @throws IllegalArgumentException in one line, with the mend
     */
    public static Scheduling parse(String text) {
        if (text.equals("auto")) {
            return AUTO;
        }
        if (text.equals("none")) {
            return NONE;
        }
        if (text.matches("(nice:-?|fifo:)\\d{1,3}")) {
            int value = Integer.parseInt(text.substring(5));
            if (text.startsWith("nice") && value >= LEAST_NICE && value <= MOST_NICE) {
                return new Scheduling(Kind.NICE, value);
            }
            if (text.startsWith("fifo") && value >= 1 && value <= MOST_PRIORITY) {
                return new Scheduling(Kind.FIFO, value);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no scheduling; write auto, none, nice:N with N from "
                + LEAST_NICE + " to " + MOST_NICE + ", or fifo:N with N from 1 to " + MOST_PRIORITY);
    }

    /**
     * The part of it that this process may have, tried on a thread that ends with it: AUTO becomes the best nice value,
     * or NONE.
     *
     * @throws ErrnoException where it was asked for by name and may not be had
     */
    public Scheduling resolve(Libc libc) {
        try {
            return CompletableFuture.supplyAsync(() -> tried(libc), run -> new Thread(run, "ifqd-scheduling").start())
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ErrnoException refused ? refused : e;
        }
    }

    private Scheduling tried(Libc libc) {
        if (kind != Kind.AUTO) {
            ErrnoException.check(
                    apply(libc, 0),
                    "scheduling",
                    toString(),
                    "needs CAP_SYS_NICE, or a limit (systemd: LimitNICE=, LimitRTPRIO=); or auto");
            return this;
        }
        for (int nice = BEST_AUTO; nice < 0; nice++) {
            Scheduling best = new Scheduling(Kind.NICE, nice);
            if (best.apply(libc, 0) >= 0) {
                return best;
            }
        }
        return NONE;
    }

    /** Of the calling thread, and of threads that it starts from now on. What may not be had is left. */
    public void applyToThisThread(Libc libc) {
        apply(libc, 0);
    }

    /** Of the JVM's thread that stops all others to collect garbage: while it waits, they wait. */
    public void applyToCollector(Libc libc) {
        Task.named("VM Thread").forEach(task -> apply(libc, task.number()));
    }

    private int apply(Libc libc, int thread) {
        return switch (kind) {
            case AUTO, NONE -> 0;
            case NICE -> new Task(thread).nice(libc, value);
            case FIFO -> fifo(libc, thread);
        };
    }

    private int fifo(Libc libc, int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, value); // struct sched_param
            return libc.sched_setscheduler(thread, SCHED_FIFO, priority);
        }
    }

    /** The form in which it is written. */
    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case NONE -> "none";
            case NICE -> "nice:" + value;
            case FIFO -> "fifo:" + value;
        };
    }
}
