package org.ifqd.linux.lab;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Libc;

/**
 * The real C library, of which calls can be made to fail as a kernel would, without being made.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class FaultyLibc {
    /** What Linux documents for the calls of ifqd, and a network has at hand. */
    public static final List<Integer> ERRORS = List.of(
            Errno.EINTR,
            Errno.EAGAIN,
            Errno.ENOBUFS,
            Errno.ENOMEM,
            Errno.ENETDOWN,
            Errno.ENXIO,
            Errno.EMSGSIZE,
            Errno.EPERM);

    /** The next call of a name that fails, and with what. */
    private record Fault(String call, int errno) {
        @Override
        public String toString() {
            return call + " with " + Errno.name(errno);
        }
    }

    /** A call that does not return for now. */
    private record Hang(String call, CountDownLatch until) {}

    /** Counts one thread's calls, and makes one of them fail. */
    private static final class Count {
        final Thread thread = Thread.currentThread();
        final int failing;
        final int errno;
        volatile int calls;
        volatile String failed = "";

        Count(int failing, int errno) {
            this.failing = failing;
            this.errno = errno;
        }
    }

    /**
     * Whatever it answers, it has done its work, or its caller can do nothing: close(2), and memory that stays mapped.
     */
    private static final Set<String> DONE_ALL_THE_SAME = Set.of("close", "munmap", "clock_gettime");

    private volatile Count count = new Count(0, 0);

    private volatile Hang hang = new Hang("", new CountDownLatch(0));

    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Libc libc =
            (Libc) Proxy.newProxyInstance(Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, this::call);

    /** What the code under test is to use. */
    public Libc libc() {
        return libc;
    }

    /**
     * Makes the next call of this name fail once; if others of this name are to fail already, after those.
     *
     * @param call its C name, for example {@code sendto}, which stands for its quick variant as well
     */
    public void failNext(String call, int errno) {
        faults.add(new Fault(call, errno));
    }

    /**
     * Makes all calls of this name hang, as in a driver that does not return, until the latch is counted down; then
     * they are made.
     *
     * @param call its C name, which stands for its quick variant as well; or the quick variant's, which stands for that
     *     alone
     */
    public CountDownLatch hang(String call) {
        hang = new Hang(call, new CountDownLatch(1));
        return hang.until;
    }

    /**
     * Counts the calling thread's calls from now on, and makes one of them fail.
     *
     * @param failing its number, from 1 on; 0: none
     */
    public void failCall(int failing, int errno) {
        count = new Count(failing, errno);
    }

    /** The calls since then. */
    public int calls() {
        return count.calls;
    }

    /** The name of that call; empty if it has not been made. */
    public String failedCall() {
        return count.failed;
    }

    /** Whether a call is the one to fail. */
    private boolean isCountedOut(String name) {
        Count now = count;
        if (Thread.currentThread() != now.thread || DONE_ALL_THE_SAME.contains(name)) {
            return false;
        }
        now.calls++; // one writer
        if (now.calls != now.failing) {
            return false;
        }
        now.failed = name;
        return true;
    }

    private static Object failure(Method method, int errno) {
        return method.getReturnType() == int.class ? (Object) (-errno) : (Object) (long) -errno;
    }

    private static void awaitEnd(Hang hang) {
        boolean interrupted = false;
        while (hang.until.getCount() > 0) {
            try {
                hang.until.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Fault pending(String call) {
        return faults.stream()
                .filter(fault -> fault.call.equals(call))
                .findFirst()
                .orElse(null);
    }

    /** Whether a call of this name is still to fail. */
    public boolean isPending(String call) {
        return pending(call) != null;
    }

    /** Whether all those calls have been made, and have failed. */
    public boolean haveFailed() {
        return faults.isEmpty();
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName().replace("Quick", "");
        if (name.equals(hang.call) || method.getName().equals(hang.call)) {
            awaitEnd(hang);
        }
        Fault fault = pending(name);
        if (fault != null && faults.remove(fault)) {
            if (fault.call.equals("close")) {
                method.invoke(Libc.system(), arguments); // Linux closes even when it reports an error, close(2)
            }
            return failure(method, fault.errno);
        }
        if (isCountedOut(name)) {
            return failure(method, count.errno);
        }
        try {
            return method.invoke(Libc.system(), arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public String toString() {
        return "to fail: " + faults;
    }
}
