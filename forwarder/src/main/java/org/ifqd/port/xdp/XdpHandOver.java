package org.ifqd.port.xdp;

import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.Congestion;
import org.ifqd.port.TransmitLatency;

/**
 * How the entries of a lane's transmit ring get to the kernel, and into the books.
 *
 * <p><b>Threading:</b> inside the serializer; {@link #empty} after the start barrier.
 */
abstract sealed class XdpHandOver permits CopyHandOver, ZeroCopyHandOver {
    protected final XdpSocket socket;
    protected final XdpEntries entries;
    protected final XdpCompletion completion;
    protected final Congestion congestion;
    protected final TransmitLatency latency;

    /** @param completion of the queue that the socket sends by */
    protected XdpHandOver(
            XdpSocket socket,
            XdpEntries entries,
            XdpCompletion completion,
            Congestion congestion,
            TransmitLatency latency) {
        this.socket = socket;
        this.entries = entries;
        this.completion = completion;
        this.congestion = congestion;
        this.latency = latency;
    }

    /** Hands over what stands in the ring. False: no more can be placed now, and oactive is set. */
    abstract boolean flush(SendQueue queue);

    /** Takes out what the kernel has not taken; frames are counted as sent, or as purged. */
    abstract void empty(SendQueue queue);

    /** Nanoseconds from the stamp of an entry that was taken until it was handed over. */
    protected abstract long latencyNs(int entry);

    /**
     * The kernel has taken the first so many.
     *
     * @param lost frames among them that it has dropped: nobody knows which
     * @return of those, how many are frames of the books
     */
    protected final int settle(SendQueue queue, int taken, int lost) {
        int frames = 0;
        long bytes = 0;
        int unknown = lost;
        long sameNs = 0; // frames of one batch have one stamp
        int same = 0;
        for (int i = entries.head(); i != entries.head() + taken; i++) {
            byte kind = entries.kind(i);
            if (kind == XdpEntries.FRAME && unknown > 0) {
                unknown--;
                continue;
            }
            bytes += kind == XdpEntries.UNCOUNTED ? 0 : entries.bytes(i);
            if (kind == XdpEntries.FRAME) {
                long ns = latencyNs(i);
                if (ns != sameNs && same > 0) {
                    latency.took(sameNs, same);
                    same = 0;
                }
                sameNs = ns;
                same++;
                frames++;
            }
        }
        if (same > 0) {
            latency.took(sameNs, same);
        }
        entries.remove(taken);
        queue.sent(frames, bytes);
        congestion.progress(taken, latency.kickNs());
        return lost - unknown;
    }
}
