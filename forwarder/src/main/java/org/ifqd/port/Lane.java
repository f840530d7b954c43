package org.ifqd.port;

import org.ifqd.ifq.Ifnet;
import org.ifqd.stats.LatencySnapshot;

/**
 * One of the ways out of a port: a send queue, a serializer, a transmit ring and a completion context. A receive worker
 * of the other port has one for itself, so the frames of a flow, which all come to one worker, leave in order, and
 * workers share nothing.
 *
 * <p><b>Threading:</b> any thread, except where a method says otherwise.
 */
public interface Lane {

    /** The interface, as frames leave through it. */
    Ifnet ifnet();

    /** The processor that all of its work is done on, or -1 for any. */
    default int cpu() {
        return -1;
    }

    /**
     * Called by a thread that is going to start this lane, before it does: gives it its scheduling, and binds it to the
     * lane's processor, if it has one.
     */
    void bindThisThread();

    /** Counts of work done in software for frames that left here. */
    OffloadCounters offloads();

    /** Of the frames that left here; see {@link TransmitLatency}. */
    LatencySnapshot latency();
}
