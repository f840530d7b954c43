package org.ifqd.linux.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Libc;

/**
 * A C library without a kernel: every call succeeds and is recorded, unless the script says that it fails. Descriptors
 * are numbers, mappings are plain memory filled with zeros (so a ring's slots are free and its blocks are the
 * kernel's).
 *
 * <p>Only calls that can fail in a way that the caller must handle at set-up are counted and recorded: not close,
 * munmap, poll, read, write. A subclass overrides {@link #result} for more.
 */
public class FakeLibc implements Libc {
    private static final int FIRST_FD = 1000; // not a number that the test process itself has open

    private final List<String> calls = new ArrayList<>();
    private final TreeSet<Integer> open = new TreeSet<>();
    private final Map<Long, Arena> mapped = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();
    private int nextFd = FIRST_FD;
    private int failingCall;
    private int errno;

    /** Makes one counted call fail: 1 is the first; 0 none. */
    public synchronized FakeLibc failCall(int call, int withErrno) {
        failingCall = call;
        errno = withErrno;
        return this;
    }

    /**
     * What a call answers.
     *
     * @param number of the call, from 1 on
     * @param call for example {@code "setsockopt 263/5"}: name, level/option
     * @param good what it answers when it succeeds
     */
    protected long result(int number, String call, long good) {
        return number == failingCall ? -errno : good;
    }

    private synchronized long count(String call, long good) {
        calls.add(call);
        return result(calls.size(), call, good);
    }

    /** All counted calls so far, in order. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** What is open or mapped now, and what was closed or unmapped though it was not: empty when all is well. */
    public synchronized List<String> leftOver() {
        List<String> all = new ArrayList<>(complaints);
        open.forEach(fd -> all.add("descriptor " + fd + " is open"));
        mapped.keySet().forEach(at -> all.add("mapping at " + at));
        return all;
    }

    private synchronized int openNext(String call) {
        int fd = (int) count(call, nextFd);
        if (fd >= 0) {
            open.add(nextFd++);
        }
        return fd;
    }

    private synchronized void needsOpen(String call, int fd) {
        if (!open.contains(fd)) {
            complaints.add(call + " on descriptor " + fd + ", which is not open");
        }
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return openNext("socket");
    }

    @Override
    public int eventfd(int initial, int flags) {
        return openNext("eventfd");
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        needsOpen("bind", fd);
        return (int) count("bind", 0);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        needsOpen("setsockopt", fd);
        return (int) count("setsockopt " + level + "/" + option, 0);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        needsOpen("getsockopt", fd);
        value.asSlice(0, valueBytes.get(ValueLayout.JAVA_INT, 0)).fill((byte) 0);
        return (int) count("getsockopt " + level + "/" + option, 0);
    }

    @Override
    public synchronized long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        needsOpen("mmap", fd);
        Arena arena = Arena.ofShared();
        long at = count("mmap", arena.allocate(bytes, 4096).address());
        if (at < 0) {
            arena.close();
        } else {
            mapped.put(at, arena);
        }
        return at;
    }

    @Override
    public synchronized int munmap(long address, long bytes) {
        Arena arena = mapped.remove(address);
        if (arena == null) {
            complaints.add("munmap of " + address + ", which is not mapped");
        } else {
            arena.close();
        }
        return 0;
    }

    @Override
    public int poll(MemorySegment fds, long count, int timeoutMs) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMs == 0 ? 0 : 1));
        return 0;
    }

    @Override
    public int ppoll(MemorySegment fds, long count, MemorySegment timespec) {
        return poll(fds, count, 1);
    }

    @Override
    public long read(int fd, MemorySegment buffer, long bytes) {
        needsOpen("read", fd);
        return bytes;
    }

    @Override
    public long write(int fd, MemorySegment buffer, long bytes) {
        needsOpen("write", fd);
        return bytes;
    }

    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        needsOpen("sendto", fd);
        return count("sendto", bytes);
    }

    @Override
    public long recv(int fd, MemorySegment buffer, long bytes, int flags) {
        needsOpen("recv", fd);
        return count("recv", 0);
    }

    @Override
    public int clock_gettime(int clock, MemorySegment timespec) {
        return Libc.system().clock_gettime(clock, timespec);
    }

    /** Asks only; what fails is taken to be there. Not counted. */
    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
        return 0;
    }

    @Override
    public int sched_getaffinity(int thread, long maskBytes, MemorySegment mask) {
        return Libc.system().sched_getaffinity(thread, maskBytes, mask);
    }

    @Override
    public int setpriority(int which, int who, int nice) {
        return 0;
    }

    @Override
    public synchronized int bpf(int command, MemorySegment attr, int attrBytes) {
        int result = (int) count("bpf " + command, nextFd);
        if (result == nextFd) {
            open.add(nextFd++);
        }
        return result;
    }

    @Override
    public synchronized int close(int fd) {
        if (!open.remove(fd)) {
            complaints.add("close of descriptor " + fd + ", which is not open");
        }
        return 0;
    }
}
