package org.ifqd.port.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.lab.FakeLibc;
import org.ifqd.linux.lab.FaultyLibc;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.junit.jupiter.api.Test;

/** Each call of a port's opening fails in turn, the 1st, the 2nd, ...: what was opened before is closed again. */
class PacketPortSetUpTest {
    private static final PortOptions OPTIONS = new PortOptions(2, 512 << 10, 128, 256);
    private static final String SEND_BUFFER = "setsockopt 1/32";
    private static final String RECEIVE_RING = "setsockopt 263/5";

    private final List<String> complaints = new ArrayList<>();

    private PacketPort open(FakeLibc libc) {
        TaskListSerializer.Monitor monitor = new TaskListSerializer.Monitor() {
            @Override
            public void taskFailed(String name, Throwable cause) {
                complaints.add(name + ": " + cause);
            }

            @Override
            public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
                complaints.add(name + ": stuck");
            }
        };
        return new PacketPort(
                new PortContext(libc, StartPolicy.ON_CALLER, monitor, complaints::add), "eth7", 7, 1500, OPTIONS);
    }

    @Test
    void openingUnwindsWhicheverCallFails() {
        FakeLibc good = new FakeLibc();
        open(good).close();
        List<String> calls = good.calls();
        assertTrue(calls.size() > 30, calls.toString());
        for (int i = 1; i <= calls.size() * FaultyLibc.ERRORS.size(); i++) {
            unwinds(calls, 1 + (i - 1) % calls.size(), FaultyLibc.ERRORS.get((i - 1) / calls.size()));
        }
        for (int i = 1; i <= calls.size(); i++) {
            unwinds(calls, i, Errno.EINVAL);
        }
        assertEquals(
                List.of(),
                complaints.stream()
                        .filter(line -> !line.contains("receive ring of 256 KiB instead of"))
                        .toList());
    }

    /** Some calls are a wish and not a condition, or are made again with less. */
    private static boolean isOptional(String call, int errno) {
        return call.equals(SEND_BUFFER) || call.equals(RECEIVE_RING) && errno == Errno.ENOMEM;
    }

    private void unwinds(List<String> calls, int i, int errno) {
        FakeLibc libc = new FakeLibc().failCall(i, errno);
        String call = calls.get(i - 1);
        if (isOptional(call, errno)) {
            open(libc).close();
        } else {
            ErrnoException e = assertThrows(ErrnoException.class, () -> open(libc), i + ": " + call);
            String message = e.getMessage();
            assertTrue(message.startsWith(call.replaceAll(" .*", " ")) || call.equals("mmap"), call + ": " + message);
            assertTrue(message.contains(": " + Errno.name(errno)), message);
            assertTrue(errno == Errno.EINVAL || message.contains(Errno.name(errno) + "; "), "no cure: " + message);
            assertTrue(message.contains("eth7"), message);
        }
        assertEquals(List.of(), libc.leftOver(), i + ": " + call);
    }

    @Test
    void aPortThatDoesNotComeUpCanBeClosed() {
        FakeLibc libc = new FakeLibc();
        PacketPort port = open(libc);
        int opened = libc.calls().size();
        libc.failCall(opened + 3, Errno.ENOMEM); // the second worker's filter, after the first one's and its doorbell's
        ErrnoException e = assertThrows(ErrnoException.class, port::up);
        assertTrue(e.getMessage().startsWith("setsockopt SO_ATTACH_FILTER (incoming) eth7: ENOMEM; "), e.getMessage());
        assertTrue(completionIsAlive(), "it has been started");
        port.close();
        assertTrue(!completionIsAlive(), "nobody looks at the ring that is gone");
        assertEquals(PortState.CLOSED, port.state());
        assertEquals(List.of(), libc.leftOver());
    }

    private static boolean completionIsAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("ifq-tx-eth7"));
    }

    @Test
    void theStatesFollowTheDrawing() {
        FakeLibc libc = new FakeLibc();
        PacketPort port = open(libc);
        assertEquals(PortState.OPEN, port.state());
        port.down();
        assertEquals(PortState.OPEN, port.state(), "down of a port that is not up does nothing");
        port.up();
        assertEquals(PortState.RUNNING, port.state());
        assertThrows(IllegalStateException.class, port::up);
        port.down();
        port.down();
        assertEquals(PortState.STOPPED, port.state());
        assertThrows(IllegalStateException.class, port::up, "slots may still be with the kernel");
        port.close();
        port.close();
        assertEquals(PortState.CLOSED, port.state());
        assertThrows(IllegalStateException.class, port::up);
        assertEquals(List.of(), libc.leftOver());
    }
}
