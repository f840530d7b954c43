package org.ifqd.port.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.FakeLibc;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TxRing;
import org.junit.jupiter.api.Test;

/** The completion context on a ring whose slots never come back. */
class TxCompletionTest {
    /** Sockets and rings are not real; what wakes the thread is. */
    private static final class Calls extends FakeLibc {
        private int event;
        private final CountDownLatch looking = new CountDownLatch(2);

        @Override
        public int eventfd(int initial, int flags) {
            event = Libc.system().eventfd(initial, flags);
            return event;
        }

        @Override
        public long read(int fd, MemorySegment buffer, long bytes) {
            return Libc.system().read(fd, buffer, bytes);
        }

        @Override
        public long write(int fd, MemorySegment buffer, long bytes) {
            return Libc.system().write(fd, buffer, bytes);
        }

        @Override
        public int poll(MemorySegment fds, long count, int timeoutMs) {
            if (timeoutMs > 0) {
                looking.countDown(); // at the ring
            }
            return Libc.system().poll(fds, count, timeoutMs);
        }

        @Override
        public int close(int fd) {
            return fd == event ? Libc.system().close(fd) : super.close(fd);
        }
    }

    /** After a pause the slot that is waited for may be filled again, and the kernel not take what is in it. */
    @Test
    void aNewRequestEndsTheWaitForAnOlderSlot() throws InterruptedException {
        Calls calls = new Calls();
        Semaphore restarts = new Semaphore(0);
        try (PacketSocket socket = PacketSocket.open(calls, "eth7");
                TxRing ring = TxRing.open(socket, 1518, 128);
                EventFd request = new EventFd(calls, "test")) {
            TxCompletion completion = new TxCompletion(calls, "ifq-tx-test", socket, ring, request);
            completion.start(restarts::release, () -> {});
            long slot = ring.nextSlot();
            ring.reserve();
            ring.publish(60, false);
            completion.awaitSlot(slot);
            calls.looking.await();
            assertEquals(0, restarts.availablePermits(), "the slot is busy");
            completion.awaitRetry(TimeUnit.MICROSECONDS.toNanos(20));
            restarts.acquire();
            completion.stop();
        }
    }
}
