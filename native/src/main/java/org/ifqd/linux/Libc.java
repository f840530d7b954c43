package org.ifqd.linux;

import java.lang.foreign.MemorySegment;

/**
 * The C library calls that ifqd makes on its data path and at set-up, under their C names.
 *
 * <p><b>Result:</b> what the call returns, or <em>minus the errno</em> where C returns -1 and sets errno
 * ({@code sendto} on a full queue gives {@code -Errno.ENOBUFS}).
 *
 * <p><b>Threading:</b> any thread. Implementations keep no state between calls. An interface, so that tests can inject
 * failures that a kernel will not produce on demand.
 */
public interface Libc {

    /** The real one. */
    static Libc system() {
        return FfmLibc.INSTANCE;
    }

    /** @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a> */
    int socket(int domain, int type, int protocol);

    /** @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a> */
    int bind(int fd, MemorySegment address, int addressBytes);

    /** @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a> */
    int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes);

    /**
     * @param valueBytes in: room in {@code value}; out: bytes written ({@code socklen_t *})
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a>
     */
    int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes);

    /**
     * @return the address, or minus the errno (-1 to -4095)
     * @see <a href="https://man7.org/linux/man-pages/man2/mmap.2.html">mmap(2)</a>
     */
    long mmap(long address, long bytes, int protection, int flags, int fd, long offset);

    /** @see <a href="https://man7.org/linux/man-pages/man2/munmap.2.html">munmap(2)</a> */
    int munmap(long address, long bytes);

    /**
     * @param timeoutMs milliseconds, -1 for ever
     * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
     */
    int poll(MemorySegment fds, long count, int timeoutMs);

    /**
     * poll(2) with nanoseconds; no signal mask is changed.
     *
     * @param timespec {@code struct timespec}, or NULL for ever
     * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">ppoll(2)</a>
     */
    int ppoll(MemorySegment fds, long count, MemorySegment timespec);

    /** @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a> */
    int eventfd(int initial, int flags);

    /** @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a> */
    long read(int fd, MemorySegment buffer, long bytes);

    /** @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a> */
    long write(int fd, MemorySegment buffer, long bytes);

    /** @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a> */
    long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes);

    /**
     * {@link #sendto} for those who call it all the time: allocates nothing, and a failure is just negative, whatever
     * the errno.
     */
    default long sendtoQuick(
            int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        return sendto(fd, buffer, bytes, flags, address, addressBytes);
    }

    /**
     * send(2) of memory by its address, for those who call it all the time: allocates nothing, and a failure is just
     * negative.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
     */
    default long sendtoQuick(int fd, long address, long bytes, int flags) {
        return sendto(fd, Memory.segment(address, bytes), bytes, flags, MemorySegment.NULL, 0);
    }

    /** @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recv(2)</a> */
    long recv(int fd, MemorySegment buffer, long bytes, int flags);

    /**
     * {@link #recv} for those who call it all the time: allocates nothing, and a failure is just negative, whatever the
     * errno.
     */
    default long recvQuick(int fd, MemorySegment buffer, long bytes, int flags) {
        return recv(fd, buffer, bytes, flags);
    }

    /** @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a> */
    int ioctl(int fd, long request, MemorySegment argument);

    /**
     * @param timespec out: {@code struct timespec}
     * @see <a href="https://man7.org/linux/man-pages/man2/clock_gettime.2.html">clock_gettime(2)</a>
     */
    int clock_gettime(int clock, MemorySegment timespec);

    /**
     * @param thread its kernel number, 0 for the calling one
     * @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a>
     */
    int sched_setaffinity(int thread, long maskBytes, MemorySegment mask);

    /**
     * @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_getaffinity(2)</a>
     */
    int sched_getaffinity(int thread, long maskBytes, MemorySegment mask);

    /**
     * The processor that the calling thread is on. No system call: the C library reads what the kernel keeps for it.
     *
     * @see <a href="https://man7.org/linux/man-pages/man3/sched_getcpu.3.html">sched_getcpu(3)</a>
     */
    default int sched_getcpu() {
        return system().sched_getcpu();
    }

    /**
     * @param thread its kernel number, 0 for the calling one
     * @param parameter {@code struct sched_param}
     * @see <a href="https://man7.org/linux/man-pages/man2/sched_setscheduler.2.html">sched_setscheduler(2)</a>
     */
    default int sched_setscheduler(int thread, int policy, MemorySegment parameter) {
        return system().sched_setscheduler(thread, policy, parameter);
    }

    /** @see <a href="https://man7.org/linux/man-pages/man2/umask.2.html">umask(2)</a> */
    default int umask(int mask) {
        return system().umask(mask);
    }

    /** @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a> */
    int setpriority(int which, int who, int nice);

    /**
     * @param attr {@code union bpf_attr}
     * @see <a href="https://man7.org/linux/man-pages/man2/bpf.2.html">bpf(2)</a>
     */
    int bpf(int command, MemorySegment attr, int attrBytes);

    /** @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a> */
    int close(int fd);
}
