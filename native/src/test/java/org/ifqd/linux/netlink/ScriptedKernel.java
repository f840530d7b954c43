package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Libc;

/** The other end of a netlink socket, played from a script. */
final class ScriptedKernel {
    private final Deque<IntFunction<List<byte[]>>> answers = new ArrayDeque<>();
    private final Deque<byte[]> pending = new ArrayDeque<>();
    private final Map<String, Integer> failures = new HashMap<>();
    final List<String> calls = new ArrayList<>();
    /** The last datagram comes again and again. */
    boolean endless;

    /** How long each datagram takes. */
    long slowDownNs;

    /** Answers the next request with datagrams that are made from its sequence number. */
    ScriptedKernel answer(IntFunction<List<byte[]>> datagrams) {
        answers.add(datagrams);
        return this;
    }

    /** Lets a call fail once. */
    ScriptedKernel fail(String call, int errno) {
        failures.put(call, errno);
        return this;
    }

    Libc libc() {
        return (Libc) Proxy.newProxyInstance(
                Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (proxy, method, a) -> call(method, a));
    }

    private Object call(Method method, Object[] arguments) {
        String name = method.getName();
        calls.add(name);
        Integer errno = failures.remove(name);
        long result = errno != null
                ? -errno
                : switch (name) {
                    case "socket" -> 42;
                    case "setsockopt", "bind", "close" -> 0;
                    case "sendto" -> send((MemorySegment) arguments[1]);
                    case "recv" -> receive((MemorySegment) arguments[1], (Integer) arguments[3]);
                    default -> throw new AssertionError("unexpected " + name);
                };
        return method.getReturnType() == int.class ? (Object) (int) result : (Object) result;
    }

    private long send(MemorySegment message) {
        pending.addAll(answers.remove().apply(message.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.NLMSG_SEQ)));
        return message.byteSize();
    }

    private long receive(MemorySegment buffer, int flags) {
        LockSupport.parkNanos(slowDownNs);
        boolean peek = (flags & 0x02) != 0;
        byte[] datagram = peek || endless ? pending.peek() : pending.poll();
        if (datagram == null) {
            return -Errno.EAGAIN;
        }
        MemorySegment.copy(datagram, 0, buffer, JAVA_BYTE, 0, (int) Math.min(datagram.length, buffer.byteSize()));
        return (flags & 0x20) != 0 ? datagram.length : Math.min(datagram.length, buffer.byteSize());
    }
}
