package org.ifqd.port.xdp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.xdp.XdpRing;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.Congestion;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.DropReason;

/**
 * In zero-copy mode the driver takes entries whenever it runs, and a system call only wakes it where it asks for that.
 * A frame is sent when it was taken. Which ones were is looked at with every batch, and a while after the last one.
 *
 * <p>A full ring waits: no frame is taken back, since the driver may be about to take it.
 */
final class ZeroCopyHandOver extends XdpHandOver {
    /** How late the books may learn of the last frames. */
    private static final long LOOK_NS = 1_000_000;

    /** A driver that has not taken a frame after that time is not going to. */
    private static final long LONGEST_EMPTYING_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long EMPTYING_PAUSE_NS = 100_000;

    private final XdpRing ring;
    private final LongConsumer lookAgain;

    /** The first one that was not handed over yet. */
    private int next;

    /** @param lookAgain has the lane started at the latest after so many nanoseconds */
    ZeroCopyHandOver(
            XdpSocket socket,
            XdpRing ring,
            XdpEntries entries,
            XdpCompletion completion,
            Congestion congestion,
            TransmitLatency latency,
            LongConsumer lookAgain) {
        super(socket, entries, completion, congestion, latency);
        this.ring = ring;
        this.lookAgain = lookAgain;
    }

    @Override
    boolean flush(SendQueue queue) {
        handOver();
        settleTaken(queue);
        completion.reclaim();
        if (entries.isFull()) {
            congestion.awaitRoom(queue, latency.kickNs());
            return false;
        }
        if (!entries.isEmpty()) {
            lookAgain.accept(LOOK_NS);
        }
        return true;
    }

    private void handOver() {
        latency.kick();
        for (; next != entries.tail(); next++) {
            entries.stampNs(next, latency.kickNs() - entries.stampNs(next));
        }
        entries.publish(ring.size());
        if (ring.needsWakeUp()) {
            socket.kick(); // an error is the device's: what is not taken stays
        }
    }

    private void settleTaken(SendQueue queue) {
        int taken = entries.taken();
        if (taken > 0) {
            settle(queue, taken, 0);
        }
    }

    @Override
    protected long latencyNs(int entry) {
        return entries.stampNs(entry);
    }

    /** What is left after a while is purged in the books; the driver has it, and gives its chunks back or not. */
    @Override
    void empty(SendQueue queue) {
        long begin = System.nanoTime();
        handOver();
        settleTaken(queue);
        while (!entries.isEmpty() && System.nanoTime() - begin < LONGEST_EMPTYING_NS) {
            LockSupport.parkNanos(EMPTYING_PAUSE_NS);
            handOver();
            settleTaken(queue);
        }
        int frames = 0;
        for (int i = entries.head(); i != entries.tail(); i++) {
            frames += entries.kind(i) == XdpEntries.FRAME ? 1 : 0;
            entries.kind(i, XdpEntries.UNCOUNTED);
        }
        queue.dropped(DropReason.PURGED, frames);
    }
}
