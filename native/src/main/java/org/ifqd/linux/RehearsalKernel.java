package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The kernel's side of sockets with rings, played in memory: frames that {@link #deliver} makes appear in every receive
 * ring, and a transmit ring is emptied at every kick. No frame leaves the process, and no privilege is needed.
 *
 * <p>It is there to run the data path before the first real frame comes, so that the JIT has compiled it by then: a
 * frame that is interpreted takes some 100 microseconds longer.
 *
 * <p><b>Threading:</b> the system calls from any thread; made by the one that receives and delivers. <b>Owns:</b> the
 * memory of all rings, until {@link #close}.
 */
public abstract class RehearsalKernel implements Libc, AutoCloseable {
    /** Where all threads are: not where anybody else is. */
    public static final int PROCESSOR = 8191;

    private static final int FIRST_FD = 1 << 20; // no file has such a number
    private static final int PAGE_BYTES = 4096;

    private final Thread player = Thread.currentThread();
    private final Arena arena = Arena.ofShared();
    private int nextFd = FIRST_FD;
    private boolean offloading;

    protected RehearsalKernel() {}

    /**
     * Puts one frame into every receive ring that has room.
     *
     * @param close whether it is the last one for now
     * @return how many rings had
     */
    public abstract int deliver(boolean close);

    /** Zeros that last until {@link #close}; their address. */
    protected final long memory(long bytes) {
        return arena.allocate(bytes, PAGE_BYTES).address();
    }

    @Override
    public final synchronized int socket(int domain, int type, int protocol) {
        return nextFd++;
    }

    @Override
    public final synchronized int eventfd(int initial, int flags) {
        return nextFd++;
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return 0;
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return 0;
    }

    @Override
    public final int munmap(long address, long bytes) {
        return 0;
    }

    /** Nothing ever happens, but for other threads than the one that plays the time goes by: a millisecond at most. */
    @Override
    public final int poll(MemorySegment fds, long count, int timeoutMs) {
        if (Thread.currentThread() != player) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMs == 0 ? 0 : 1));
        }
        return 0;
    }

    @Override
    public final int ppoll(MemorySegment fds, long count, MemorySegment timespec) {
        return poll(fds, count, 1);
    }

    @Override
    public final long read(int fd, MemorySegment buffer, long bytes) {
        return bytes;
    }

    @Override
    public final long write(int fd, MemorySegment buffer, long bytes) {
        return bytes;
    }

    @Override
    public final long recv(int fd, MemorySegment buffer, long bytes, int flags) {
        return 0;
    }

    /** Whether interfaces of ports that are opened from now on finish checksums and cut GSO frames. */
    public final void offloading(boolean on) {
        offloading = on;
    }

    /** ethtool's questions for single offloads. */
    @Override
    public final int ioctl(int fd, long request, MemorySegment argument) {
        return offloading ? -Errno.EOPNOTSUPP : 0; // not answered is yes, and in the question stands no
    }

    @Override
    public final int clock_gettime(int clock, MemorySegment timespec) {
        return Libc.system().clock_gettime(clock, timespec);
    }

    @Override
    public final int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
        return 0;
    }

    @Override
    public final int sched_getaffinity(int thread, long maskBytes, MemorySegment mask) {
        return Libc.system().sched_getaffinity(thread, maskBytes, mask);
    }

    @Override
    public final int sched_getcpu() {
        return PROCESSOR;
    }

    @Override
    public final int setpriority(int which, int who, int nice) {
        return 0;
    }

    @Override
    public final int bpf(int command, MemorySegment attr, int attrBytes) {
        return 0;
    }

    @Override
    public final int close(int fd) {
        return 0;
    }

    /** Frees all rings; nobody uses them any more. */
    @Override
    public void close() {
        arena.close();
    }
}
