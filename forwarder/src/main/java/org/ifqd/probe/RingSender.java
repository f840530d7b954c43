package org.ifqd.probe;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TxRing;

/**
 * A transmit ring to an interface, past its queueing discipline, and the account of what the kernel took. Waits where
 * the device is slower than we are, and fails where it takes nothing for seconds.
 *
 * <p><b>Threading:</b> one thread; {@link #soFar} from any. <b>Owns:</b> socket and ring.
 */
final class RingSender implements AutoCloseable {
    /**
     * A slot is not free before its frame has left the last queue on the way, on virtual interfaces also the queue of
     * the device under test: too few slots would be a limit of ours that looks like the device's.
     */
    private static final int MOST_SLOTS = 1 << 14;

    private static final int FEWEST_SLOTS = 1 << 9;
    private static final int RING_BYTES = 32 << 20;
    private static final int SEND_BUFFER_BYTES = 64 << 20; // so that the ring is the only limit
    private static final long CONGESTION_PAUSE_NS = 20_000;
    private static final long LONGEST_LATE_NS = 60_000_000_000L;
    private static final long NO_PROGRESS_NS = 5_000_000_000L;

    private final Libc libc;
    private final ProbePort port;
    private final PacketSocket socket;
    private final TxRing ring;
    private long frames;
    private long bytes;
    private long refused;
    private final Histogram lateNs = new Histogram(1, LONGEST_LATE_NS, 3);
    private long progressNs;
    private volatile long soFar;

    /**
     * Opens socket and ring, inside the interface's namespace.
     *
     * @param largest bytes of the longest frame
     */
    RingSender(Libc libc, ProbePort port, Link link, int largest) {
        this.libc = libc;
        this.port = port;
        socket = PacketSocket.open(libc, port.name());
        try {
            ring = TxRing.open(socket, largest, slots(largest));
            socket.bypassQdisc();
            socket.sendBuffer(SEND_BUFFER_BYTES);
            socket.bindToSend(link.index());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Keeps the calling thread, which is to end with the sending, on the processor where it is. A sender that is moved
     * has no order: the kernel chooses queue and backlog by the processor.
     */
    void stayHere() {
        CpuAffinity.tryPin(libc, libc.sched_getcpu());
    }

    private static int slots(int largest) {
        return Math.clamp(Integer.highestOneBit(RING_BYTES / largest), FEWEST_SLOTS, MOST_SLOTS);
    }

    /** Counts from 0 again; a long time without progress begins now. */
    void begin(long nowNs) {
        frames = 0;
        bytes = 0;
        refused = 0;
        soFar = 0;
        lateNs.reset();
        progressNs = nowNs;
    }

    /** How many of the next {@code most} slots are free. */
    int space(int most) {
        return ring.space(most);
    }

    /** Puts a frame into the next slot, which must be free; its vnet header lies directly in front. */
    void put(long frame, int length) {
        ring.put(frame, length);
    }

    /** Accounts for what is to be sent now and was due so long ago, nanoseconds; what is early counts as punctual. */
    void late(long ns) {
        lateNs.recordValue(Math.clamp(ns, 0, LONGEST_LATE_NS));
    }

    /** Hands to the kernel what was put, in one system call; or waits a little, if all slots are with the device. */
    void sendOrWait() {
        if (ring.pending() > 0) {
            kick();
        } else {
            failAfterLongWait(Errno.EAGAIN);
            LockSupport.parkNanos(CONGESTION_PAUSE_NS);
        }
    }

    /** Hands everything that is left to the kernel; what it does not take within the time limit was never sent. */
    void drain() {
        progressNs = System.nanoTime();
        while (ring.pending() > 0) {
            kick();
        }
    }

    private void kick() {
        int errno = ring.kick();
        frames += ring.takenFrames();
        bytes += ring.takenBytes();
        if (ring.takenFrames() > 0) {
            progressNs = System.nanoTime();
            soFar = frames;
        }
        if (errno == 0) {
            return;
        }
        if (ring.isRefused()) {
            ring.removeFirst();
            refused++;
            return;
        }
        if (!TxRing.isCongestion(errno) && errno != Errno.ENETDOWN) {
            fail(errno);
        }
        failAfterLongWait(errno);
        LockSupport.parkNanos(CONGESTION_PAUSE_NS);
    }

    private void failAfterLongWait(int errno) {
        if (System.nanoTime() - progressNs > NO_PROGRESS_NS) {
            fail(errno);
        }
    }

    private void fail(int errno) {
        ring.discardPending();
        throw new ErrnoException("send", port.toString(), errno, "the interface is gone or takes no frames");
    }

    /** Frames that the kernel took. */
    long frames() {
        return frames;
    }

    /** Of those frames. */
    long bytes() {
        return bytes;
    }

    /** Frames that the kernel will not take, for their length. */
    long refused() {
        return refused;
    }

    /** What {@link #late} was told, nanoseconds. */
    Histogram lateNs() {
        return lateNs;
    }

    /** As {@link #frames}; any thread. */
    long soFar() {
        return soFar;
    }

    @Override
    public void close() {
        ring.close();
        socket.close();
    }
}
