package org.ifqd.port.packet;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.ifq.ThreadEnd;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TxRing;

/**
 * The transmit completion context of one lane: a thread that sleeps until the start routine has set oactive, then until
 * the ring can go on, then restarts the interface.
 *
 * <p>The request is an eventfd, a level: one that is made while this thread is busy is seen when it comes back. What it
 * waits for is a level as well (a slot's status, not its change), so a completion that came before the request is seen
 * at once.
 *
 * <p><b>Threading:</b> {@link #awaitSlot} and {@link #awaitRetry} from inside the start routine; {@link #stop} by the
 * controlling thread, before the start barrier.
 */
final class TxCompletion implements Runnable {
    /** Upper bound of one sleep while the ring is full. POLLOUT comes earlier; this covers a kernel that forgets it. */
    private static final int POLL_MS = 10;

    /** Sleep while POLLOUT is set and the slot is still busy, which DPDK reports of some kernels. */
    private static final long BUSY_SLOT_NS = 50_000;

    private static final long RETRY = -1;

    private final TxRing ring;
    private final EventFd request;
    private final PollSet requested;
    private final PollSet writable;
    private final Thread thread;
    private Runnable restart;
    private Runnable begin;

    private volatile long awaited;
    private volatile long retryNs;
    private volatile boolean stopped;

    TxCompletion(Libc libc, String name, PacketSocket socket, TxRing ring, EventFd request) {
        this.ring = ring;
        this.request = request;
        this.requested = new PollSet(libc, 1);
        requested.add(request.number(), PollSet.POLLIN);
        this.writable = new PollSet(libc, 1);
        writable.add(socket.number(), PollSet.POLLOUT);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    /**
     * @param restart clears oactive and starts the interface, inside the serializer
     * @param begin run once, on this thread, before
     */
    void start(Runnable restart, Runnable begin) {
        this.restart = restart;
        this.begin = begin;
        thread.start();
    }

    /** The ring is full: restart when this slot is free. Call after setting oactive. */
    void awaitSlot(long slot) {
        awaited = slot;
        request.signal();
    }

    /** The kernel had no buffer for what is in the ring: restart after a pause. Call after setting oactive. */
    void awaitRetry(long pauseNs) {
        retryNs = pauseNs;
        awaited = RETRY;
        request.signal();
    }

    @Override
    public void run() {
        begin.run();
        while (!stopped) {
            if (requested.await(-1) > 0) {
                request.clear();
                awaitRing();
                if (!stopped) {
                    restart.run();
                }
            }
        }
    }

    private void awaitRing() {
        long slot = awaited;
        if (slot == RETRY) {
            LockSupport.parkNanos(retryNs);
            return;
        }
        while (!stopped
                && awaited == slot
                && !ring.isFree(slot)) { // a new request: the slot may be filled again, and stay so
            if (writable.await(POLL_MS) > 0) {
                LockSupport.parkNanos(BUSY_SLOT_NS);
            }
        }
    }

    /** Ends the thread and waits for it: afterwards nobody restarts the interface or looks at the ring from here. */
    void stop() {
        stopped = true;
        request.signal();
        ThreadEnd.await(thread); // the ring is about to be unmapped
    }
}
