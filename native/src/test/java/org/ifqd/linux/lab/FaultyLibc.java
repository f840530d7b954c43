package org.ifqd.linux.lab;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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
    /** The next call of a name that fails, and with what. */
    private record Fault(String call, int errno) {
        @Override
        public String toString() {
            return call + " with " + Errno.name(errno);
        }
    }

    /** A call that does not return for now. */
    private record Hang(String call, CountDownLatch until) {}

    private volatile Hang hang = new Hang("", new CountDownLatch(0));

    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Libc libc =
            (Libc) Proxy.newProxyInstance(Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, this::call);

    /** What the code under test is to use. */
    public Libc libc() {
        return libc;
    }

    /**
     * Makes the next call of this name fail once; after those that were asked for before.
     *
     * @param call its C name, for example {@code sendto}, which stands for its quick variant as well
     */
    public void failNext(String call, int errno) {
        faults.add(new Fault(call, errno));
    }

    /**
     * Makes all calls of this name hang, as in a driver that does not return, until the latch is counted down; then they are
     * made.
     */
    public CountDownLatch hang(String call) {
        hang = new Hang(call, new CountDownLatch(1));
        return hang.until;
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

    /** Whether all those calls have been made, and have failed. */
    public boolean haveFailed() {
        return faults.isEmpty();
    }

    private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        String name = method.getName().replace("Quick", "");
        if (name.equals(hang.call)) {
            awaitEnd(hang);
        }
        Fault fault = faults.peek();
        if (fault != null && fault.call.equals(name) && faults.remove(fault)) {
            if (fault.call.equals("close")) {
                method.invoke(Libc.system(), arguments); // Linux closes even when it reports an error, close(2)
            }
            return method.getReturnType() == int.class ? (Object) (-fault.errno) : (Object) (long) -fault.errno;
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
