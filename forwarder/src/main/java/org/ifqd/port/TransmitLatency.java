package org.ifqd.port;

import org.ifqd.linux.Libc;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.stats.LatencyHistogram;
import org.ifqd.stats.LatencySnapshot;

/**
 * The latency of the frames that leave through one port: from the stamp that the kernel gave them when it received them
 * to the system call that hands them over for transmission. What the receiving NIC and its interrupt took before, and
 * the kernel's transmit path after, is not in it.
 *
 * <p>One reading of the clock for each of those system calls. Frames wait in the transmit ring until the kernel takes
 * them, in the order in which they were placed, so their stamps wait here in the same order.
 *
 * <p><b>Threading:</b> inside the start routine, or after the start barrier; {@link #snapshot} from any thread. A
 * reader that looked at the queue's counters first finds no fewer frames here than were sent there, if {@link #left}
 * comes before
 * {@code SendQueue.sent}. <b>Allocation:</b> none after construction, but for snapshots.
 */
public final class TransmitLatency {
    private final RealtimeClock clock;
    private final LatencyHistogram histogram = new LatencyHistogram();
    private final long[] stamps;
    private final int mask;
    private int head;
    private int tail;
    private long kickNs;

    /** @param frames that may wait to be taken, a power of two */
    public TransmitLatency(Libc libc, int frames) {
        clock = new RealtimeClock(libc);
        stamps = new long[frames];
        mask = frames - 1;
    }

    /** A frame of this stamp waits behind the others. */
    public void placed(long stampNs) {
        stamps[tail++ & mask] = stampNs;
    }

    /** A system call for transmission is about to be made. */
    public void kick() {
        kickNs = clock.nowNs();
    }

    /** When that was, nanoseconds of CLOCK_REALTIME. */
    public long kickNs() {
        return kickNs;
    }

    /** It has taken the first so many frames. */
    public void left(int frames) {
        for (int i = 0; i < frames; i++) {
            histogram.record(kickNs - stamps[head++ & mask]);
        }
    }

    /** It has taken a frame that did not wait here. */
    public void leftAtOnce(long stampNs) {
        histogram.record(kickNs - stampNs);
    }

    /** So many frames were taken that were handed over that long after their stamp, nanoseconds. */
    public void took(long ns, int frames) {
        histogram.record(ns, frames);
    }

    /** The first so many frames were dropped. */
    public void dropped(int frames) {
        head += frames;
    }

    /** All that wait were dropped. */
    public void discard() {
        head = tail;
    }

    public LatencySnapshot snapshot() {
        return histogram.snapshot();
    }
}
