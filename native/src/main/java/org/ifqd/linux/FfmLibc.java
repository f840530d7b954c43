package org.ifqd.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * {@link Libc} over the process's C library, by the JDK's foreign function interface.
 *
 * <p><b>Threading:</b> any thread. errno is captured by the linker into a segment that belongs to the calling thread,
 * before the JVM can overwrite it, and is looked at only after a failure. No call is marked critical: all of them are
 * system calls, and one that holds off safepoints while it sleeps would stop the whole JVM.
 *
 * <p><b>Allocation:</b> none by the calls of the data path (poll, read, write, sendtoQuick, recvQuick) while they succeed. Capturing errno
 * costs a slice of the segment wherever C2 does not remove it (SharedUtils.checkCaptureSegment, JDK 25), so these are made
 * without, and poll, read and write are made once more with it when they fail: they have done nothing then, and if the second one
 * succeeds, all the better. Not so where a socket tells an error once and forgets it (ENOBUFS of netlink, ENETDOWN): who wants to
 * know it must not use the quick call.
 */
final class FfmLibc implements Libc {
    static final Libc INSTANCE = new FfmLibc();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF = STATE.varHandle(PathElement.groupElement("errno"));

    /** One capture segment per thread; freed by the collector some time after the thread ended. */
    private static final ThreadLocal<MemorySegment> CAPTURE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle SOCKET = bindInt("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = bindInt("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            bindInt("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            bindInt("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle MMAP =
            bindLong("mmap", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = bindInt("munmap", JAVA_LONG, JAVA_LONG);
    private static final MethodHandle POLL = bindInt("poll", ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle QUICK_POLL = quick("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PPOLL = bindInt("ppoll", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle EVENTFD = bindInt("eventfd", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = bindLong("read", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle QUICK_READ = quick("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = bindLong("write", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle QUICK_WRITE = quick("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SENDTO =
            bindLong("sendto", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle QUICK_SENDTO =
            quick("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECV = bindLong("recv", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle QUICK_RECV = quick("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMMSG = bindInt("sendmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL = bind(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOCK_GETTIME = bindInt("clock_gettime", JAVA_INT, ADDRESS);
    private static final MethodHandle SCHED_SETAFFINITY = bindInt("sched_setaffinity", JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle SCHED_GETAFFINITY = bindInt("sched_getaffinity", JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle CLOSE = bindInt("close", JAVA_INT);

    private FfmLibc() {}

    private static MethodHandle bindInt(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle bindLong(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(JAVA_LONG, arguments));
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = ERRNO;
        return link(name, descriptor, all);
    }

    /** Without errno. */
    private static MethodHandle quick(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, descriptor, options);
    }

    private static int result(int result, MemorySegment state) {
        return result >= 0 ? result : -(int) ERRNO_OF.get(state, 0L);
    }

    private static long result(long result, MemorySegment state) {
        return result >= 0 ? result : -(int) ERRNO_OF.get(state, 0L);
    }

    /** A downcall handle throws nothing of its own: what arrives here is a wrong type in this file, or the JVM dying. */
    private static AssertionError broken(Throwable cause) {
        return new AssertionError("downcall failed", cause);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) BIND.invokeExact(state, fd, address, addressBytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, valueBytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, valueBytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long mmap(long address, long bytes, int protection, int flags, int fd, long offset) {
        MemorySegment state = CAPTURE.get();
        try {
            long at = (long) MMAP.invokeExact(state, address, bytes, protection, flags, fd, offset);
            return at == -1 ? -(int) ERRNO_OF.get(state, 0L) : at;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int munmap(long address, long bytes) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) MUNMAP.invokeExact(state, address, bytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int poll(MemorySegment fds, long count, int timeoutMs) {
        try {
            int quick = (int) QUICK_POLL.invokeExact(fds, count, timeoutMs);
            if (quick >= 0) {
                return quick;
            }
            MemorySegment state = CAPTURE.get();
            return result((int) POLL.invokeExact(state, fds, count, timeoutMs), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int ppoll(MemorySegment fds, long count, MemorySegment timespec) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) PPOLL.invokeExact(state, fds, count, timespec, MemorySegment.NULL), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int eventfd(int initial, int flags) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) EVENTFD.invokeExact(state, initial, flags), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long read(int fd, MemorySegment buffer, long bytes) {
        try {
            long quick = (long) QUICK_READ.invokeExact(fd, buffer, bytes);
            if (quick >= 0) {
                return quick;
            }
            MemorySegment state = CAPTURE.get();
            return result((long) READ.invokeExact(state, fd, buffer, bytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long write(int fd, MemorySegment buffer, long bytes) {
        try {
            long quick = (long) QUICK_WRITE.invokeExact(fd, buffer, bytes);
            if (quick >= 0) {
                return quick;
            }
            MemorySegment state = CAPTURE.get();
            return result((long) WRITE.invokeExact(state, fd, buffer, bytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long sendto(int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((long) SENDTO.invokeExact(state, fd, buffer, bytes, flags, address, addressBytes), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long sendtoQuick(
            int fd, MemorySegment buffer, long bytes, int flags, MemorySegment address, int addressBytes) {
        try {
            return (long) QUICK_SENDTO.invokeExact(fd, buffer, bytes, flags, address, addressBytes);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long recv(int fd, MemorySegment buffer, long bytes, int flags) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((long) RECV.invokeExact(state, fd, buffer, bytes, flags), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public long recvQuick(int fd, MemorySegment buffer, long bytes, int flags) {
        try {
            return (long) QUICK_RECV.invokeExact(fd, buffer, bytes, flags);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int sendmmsg(int fd, MemorySegment messages, int count, int flags) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) SENDMMSG.invokeExact(state, fd, messages, count, flags), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int ioctl(int fd, long request, MemorySegment argument) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int clock_gettime(int clock, MemorySegment timespec) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) CLOCK_GETTIME.invokeExact(state, clock, timespec), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) SCHED_SETAFFINITY.invokeExact(state, thread, maskBytes, mask), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int sched_getaffinity(int thread, long maskBytes, MemorySegment mask) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) SCHED_GETAFFINITY.invokeExact(state, thread, maskBytes, mask), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    public int close(int fd) {
        MemorySegment state = CAPTURE.get();
        try {
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw broken(e);
        }
    }
}
