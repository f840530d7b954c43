package org.ifqd.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * {@link Libc} over the process's C library, by the JDK's foreign function interface.
 *
 * <p><b>Threading:</b> any thread. errno is captured by the linker into a segment that belongs to the calling thread,
 * before the JVM can overwrite it, and is looked at only after a failure. No call is marked critical: all of them are
 * system calls, and one that holds off safepoints while it sleeps would stop the whole JVM.
 *
 * <p><b>One signature for all:</b> six longs in, a long out. The JDK makes classes for each signature that it links,
 * several milliseconds of the start for each, and there would be twenty of them. It is the same call: 64-bit Linux
 * passes up to six integers and pointers each in a register of its own, whatever their width; the callee takes the low
 * half for an int, and does not look at registers that it has no parameter for; of an int that it returns the low half
 * counts (System V ABI for AMD64, 3.2.3; AAPCS64, 6.8.2; the RISC-V ABI wants an int sign-extended, which is what Java
 * does).
 *
 * <p><b>Allocation:</b> none by the calls of the data path (poll, read, write, sendtoQuick, recvQuick) while they
 * succeed. Capturing errno costs a slice of the segment wherever C2 does not remove it
 * (SharedUtils.checkCaptureSegment, JDK 25), so these are made without; of them poll, read and write are made once more
 * with when they fail: a call that has failed has done nothing, and if the second one succeeds, all the better.
 */
final class FfmLibc implements Libc {
    static final Libc INSTANCE = new FfmLibc();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF = STATE.varHandle(PathElement.groupElement("errno"));

    /** One capture segment per thread; freed by the collector some time after the thread ended. */
    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    /** (function, capture segment, six words) and (function, six words). */
    private static final MethodHandle CALL = link(Linker.Option.captureCallState("errno"));

    private static final MethodHandle QUICK = link();

    private static final MemorySegment SOCKET = function("socket");
    private static final MemorySegment BIND = function("bind");
    private static final MemorySegment SETSOCKOPT = function("setsockopt");
    private static final MemorySegment GETSOCKOPT = function("getsockopt");
    private static final MemorySegment MMAP = function("mmap");
    private static final MemorySegment MUNMAP = function("munmap");
    private static final MemorySegment POLL = function("poll");
    private static final MemorySegment PPOLL = function("ppoll");
    private static final MemorySegment EVENTFD = function("eventfd");
    private static final MemorySegment READ = function("read");
    private static final MemorySegment WRITE = function("write");
    private static final MemorySegment SENDTO = function("sendto");
    private static final MemorySegment RECV = function("recv");
    private static final MemorySegment IOCTL = function("ioctl");
    private static final MemorySegment CLOCK_GETTIME = function("clock_gettime");
    private static final MemorySegment SCHED_SETAFFINITY = function("sched_setaffinity");
    private static final MemorySegment SCHED_GETAFFINITY = function("sched_getaffinity");
    private static final MemorySegment SCHED_GETCPU = function("sched_getcpu");
    private static final MemorySegment SCHED_SETSCHEDULER = function("sched_setscheduler");
    private static final MemorySegment UMASK = function("umask");
    private static final MemorySegment SETPRIORITY = function("setpriority");
    private static final MemorySegment SYSCALL = function("syscall"); // for what the C library has no function of
    private static final MemorySegment CLOSE = function("close");

    /** The number of bpf(2): include/uapi/asm-generic/unistd.h for all but the oldest of machines. */
    private static final int BPF = System.getProperty("os.arch").equals("amd64") ? 321 : 280;

    private FfmLibc() {}

    @SuppressWarnings("restricted")
    private static MethodHandle link(Linker.Option... options) {
        FunctionDescriptor sixWords =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        return LINKER.downcallHandle(sixWords, options);
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
    }

    /** Of a function that returns a word, or -1 and errno. */
    private static long callLong(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        MemorySegment state = CAPTURE.get();
        long result = call(function, state, a, b, c, d, e, f);
        return result >= 0 ? result : -(int) ERRNO_OF.get(state, 0L);
    }

    /** Of a function that returns an int, or -1 and errno. */
    private static int callInt(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        MemorySegment state = CAPTURE.get();
        int result = (int) call(function, state, a, b, c, d, e, f);
        return result >= 0 ? result : -(int) ERRNO_OF.get(state, 0L);
    }

    private static long call(
            MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
        } catch (Throwable cause) {
            throw broken(cause);
        }
    }

    private static long quick(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) QUICK.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable cause) {
            throw broken(cause);
        }
    }

    /**
     * A downcall handle throws nothing of its own: what arrives here is a wrong type in this file, or the JVM dying.
     */
    private static AssertionError broken(Throwable cause) {
        return new AssertionError("downcall failed", cause);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        return callInt(SOCKET, domain, type, protocol, 0, 0, 0);
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        try {
            return callInt(BIND, fd, address.address(), addressBytes, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(address);
        }
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        try {
            return callInt(SETSOCKOPT, fd, level, option, value.address(), valueBytes, 0);
        } finally {
            Reference.reachabilityFence(value);
        }
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        try {
            return callInt(GETSOCKOPT, fd, level, option, value.address(), valueBytes.address(), 0);
        } finally {
            Reference.reachabilityFence(value);
            Reference.reachabilityFence(valueBytes);
        }
    }

    @Override
    public long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        return callLong(MMAP, address, bytes, protection, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long bytes) {
        return callInt(MUNMAP, address, bytes, 0, 0, 0, 0);
    }

    @Override
    public int poll(MemorySegment fds, long count, int timeoutMs) {
        try {
            int result = (int) quick(POLL, fds.address(), count, timeoutMs, 0, 0, 0);
            return result >= 0 ? result : callInt(POLL, fds.address(), count, timeoutMs, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(fds);
        }
    }

    @Override
    public int ppoll(MemorySegment fds, long count, MemorySegment timespec) {
        try {
            return callInt(PPOLL, fds.address(), count, timespec.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(fds);
            Reference.reachabilityFence(timespec);
        }
    }

    @Override
    public int eventfd(int initial, int flags) {
        return callInt(EVENTFD, initial, flags, 0, 0, 0, 0);
    }

    @Override
    public long read(int fd, MemorySegment buffer, long bytes) {
        try {
            long result = quick(READ, fd, buffer.address(), bytes, 0, 0, 0);
            return result >= 0 ? result : callLong(READ, fd, buffer.address(), bytes, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    @Override
    public long write(int fd, MemorySegment buffer, long bytes) {
        try {
            long result = quick(WRITE, fd, buffer.address(), bytes, 0, 0, 0);
            return result >= 0 ? result : callLong(WRITE, fd, buffer.address(), bytes, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        try {
            return callLong(SENDTO, fd, buffer.address(), bytes, flags, address.address(), addressBytes);
        } finally {
            Reference.reachabilityFence(buffer);
            Reference.reachabilityFence(address);
        }
    }

    @Override
    public long sendtoQuick(
            int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        try {
            return quick(SENDTO, fd, buffer.address(), bytes, flags, address.address(), addressBytes);
        } finally {
            Reference.reachabilityFence(buffer);
            Reference.reachabilityFence(address);
        }
    }

    @Override
    public long sendtoQuick(int fd, long address, long bytes, int flags) {
        return quick(SENDTO, fd, address, bytes, flags, 0, 0);
    }

    @Override
    public long recv(int fd, MemorySegment buffer, long bytes, int flags) {
        try {
            return callLong(RECV, fd, buffer.address(), bytes, flags, 0, 0);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    @Override
    public long recvQuick(int fd, MemorySegment buffer, long bytes, int flags) {
        try {
            return quick(RECV, fd, buffer.address(), bytes, flags, 0, 0);
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return callInt(IOCTL, fd, request, argument.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    @Override
    public int clock_gettime(int clock, MemorySegment timespec) {
        try {
            return callInt(CLOCK_GETTIME, clock, timespec.address(), 0, 0, 0, 0);
        } finally {
            Reference.reachabilityFence(timespec);
        }
    }

    @Override
    public int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
        try {
            return callInt(SCHED_SETAFFINITY, thread, maskBytes, mask.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(mask);
        }
    }

    @Override
    public int sched_getaffinity(int thread, long maskBytes, MemorySegment mask) {
        try {
            return callInt(SCHED_GETAFFINITY, thread, maskBytes, mask.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(mask);
        }
    }

    @Override
    public int sched_getcpu() {
        return (int) quick(SCHED_GETCPU, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public int sched_setscheduler(int thread, int policy, MemorySegment parameter) {
        try {
            return callInt(SCHED_SETSCHEDULER, thread, policy, parameter.address(), 0, 0, 0);
        } finally {
            Reference.reachabilityFence(parameter);
        }
    }

    @Override
    public int umask(int mask) {
        return callInt(UMASK, mask, 0, 0, 0, 0, 0);
    }

    @Override
    public int setpriority(int which, int who, int nice) {
        return callInt(SETPRIORITY, which, who, nice, 0, 0, 0);
    }

    @Override
    public int bpf(int command, MemorySegment attr, int attrBytes) {
        try {
            return callInt(SYSCALL, BPF, command, attr.address(), attrBytes, 0, 0);
        } finally {
            Reference.reachabilityFence(attr);
        }
    }

    @Override
    public int close(int fd) {
        return callInt(CLOSE, fd, 0, 0, 0, 0, 0);
    }
}
