package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of descriptors to sleep on: {@code struct pollfd[]}, allocated once.
 *
 * <p><b>Threading:</b> one thread, the one that sleeps.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollSet {
    public static final int POLLIN = 0x001;
    public static final int POLLOUT = 0x004;
    public static final int POLLERR = 0x008;

    private static final long ERROR_PAUSE_NS = 1_000_000;
    private static final int POLLFD_BYTES = 8; // int fd; short events; short revents

    private final Libc libc;
    private final MemorySegment fds;
    private final int capacity;
    private int count;

    /** @param capacity how many descriptors it can hold */
    public PollSet(Libc libc, int capacity) {
        this.libc = libc;
        this.capacity = capacity;
        this.fds = Arena.ofAuto().allocate((long) POLLFD_BYTES * capacity, 8);
    }

    /**
     * Adds a descriptor.
     *
     * @param events POLLIN or POLLOUT; POLLERR is always reported
     * @return its place, for {@link #events}
     */
    public int add(int fd, int events) {
        if (count == capacity) {
            throw new IllegalStateException("poll set is full: " + capacity);
        }
        fds.set(ValueLayout.JAVA_INT, (long) count * POLLFD_BYTES, fd);
        fds.set(ValueLayout.JAVA_SHORT, (long) count * POLLFD_BYTES + 4, (short) events);
        return count++;
    }

    /**
     * Sleeps until a descriptor is ready.
     *
     * @param timeoutMs milliseconds; 0 returns at once, -1 sleeps for ever
     * @return how many are ready, 0 after the timeout or a signal, or minus the errno, after a pause: whoever comes
     *     back at once would spin for as long as the kernel refuses
     */
    public int await(int timeoutMs) {
        int ready = libc.poll(fds, count, timeoutMs);
        if (ready == -Errno.EINTR) {
            return 0;
        }
        if (ready < 0) {
            LockSupport.parkNanos(ERROR_PAUSE_NS);
        }
        return ready;
    }

    /**
     * The result of poll for one descriptor, by its place: POLLIN, POLLOUT, POLLERR bits; of the last {@link #await}
     * that returned above 0.
     */
    public int events(int place) {
        return fds.get(ValueLayout.JAVA_SHORT, (long) place * POLLFD_BYTES + 6);
    }
}
