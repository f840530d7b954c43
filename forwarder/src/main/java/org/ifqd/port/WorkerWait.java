package org.ifqd.port;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.PollSet;

/**
 * How a receive worker waits for frames: on the descriptors of its receiver and on a wake-up, or, with busy polling,
 * never. Also where it runs.
 *
 * <p><b>Threading:</b> the worker; {@link #wake}, {@link #isPolling} and {@link #cpu} by any. The receiver's port owns
 * the wake-up.
 */
public final class WorkerWait {
    /** How long an interface that reports an error on every poll keeps the worker asleep between two looks. */
    private static final long ERROR_PAUSE_NS = 10_000_000;

    /** A worker that never sleeps looks at its descriptors only so often: that takes a system call. */
    private static final int IDLES_OF_A_POLL = 1024;

    private static final int DESCRIPTORS = 3;

    private final Libc libc;
    private final int cpu;
    private final boolean busyPoll;
    private final EventFd wakeUp;
    private final PollSet poll;
    private final int wakePlace;
    private int idles;

    /**
     * @param wakeUp ends a wait
     * @param options of the port
     * @param worker number of the worker, which takes the processors of the options in turn
     */
    public WorkerWait(Libc libc, EventFd wakeUp, PortOptions options, int worker) {
        this.libc = libc;
        this.wakeUp = wakeUp;
        this.busyPoll = options.busyPoll();
        this.cpu = options.cpus().isEmpty()
                ? -1
                : options.cpus().get(worker % options.cpus().size());
        this.poll = new PollSet(libc, DESCRIPTORS);
        this.wakePlace = poll.add(wakeUp.number(), PollSet.POLLIN);
    }

    /** A descriptor that is readable when frames are there. Returns its place, for {@link #events}. */
    public int add(int fd) {
        return poll.add(fd, PollSet.POLLIN);
    }

    /** See {@link Receiver#begin}. */
    public void begin() {
        if (cpu >= 0) {
            CpuAffinity.pinThisThread(libc, cpu);
        }
    }

    /**
     * See {@link Receiver#await}.
     *
     * @return whether a descriptor has something to tell, by {@link #events}
     */
    public boolean await(int timeoutMs) {
        if (busyPoll) {
            Thread.yield(); // others, the completion threads among them, may have work on the same processor
            if (++idles % IDLES_OF_A_POLL != 0) {
                return false;
            }
        }
        if (poll.await(busyPoll ? 0 : timeoutMs) <= 0) {
            return false;
        }
        if (poll.events(wakePlace) != 0) {
            wakeUp.clear();
        }
        return true;
    }

    /** {@link PollSet} bits of a descriptor, after an {@link #await} that returned true. */
    public int events(int place) {
        return poll.events(place);
    }

    /** Sleeps for as long as an interface in error is left alone. */
    public void pauseAfterError() {
        LockSupport.parkNanos(ERROR_PAUSE_NS);
    }

    /** See {@link Receiver#isPolling}. */
    public boolean isPolling() {
        return busyPoll;
    }

    /** See {@link Receiver#cpu}. */
    public int cpu() {
        return cpu;
    }

    /** See {@link Receiver#wake}. */
    public void wake() {
        wakeUp.signal();
    }
}
