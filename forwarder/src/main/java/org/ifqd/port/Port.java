package org.ifqd.port;

import java.util.List;
import org.ifqd.stats.LatencySnapshot;

/**
 * One network interface that ifqd has opened: the service provider interface of the backends.
 *
 * <p><b>Threading:</b> up, down and close by one controlling thread; everything else from any.
 */
public interface Port extends AutoCloseable {

    /** The interface's name, for example {@code eth0}. */
    String name();

    /** The backend's name as on the command line, for example {@code af_packet}. */
    String backend();

    /**
     * The ways out: the first receive worker of the other port by the first one, and so on; fixed for the
     * life of the port.
     */
    List<? extends Lane> lanes();

    /** Where frames come in, one for each receive worker; fixed for the life of the port. */
    List<? extends Receiver> receivers();

    PortState state();

    /** Counts of work done in software for frames that left here. */
    default OffloadCounters offloads() {
        return lanes().stream()
                .map(Lane::offloads)
                .reduce(OffloadCounters::plus)
                .orElseThrow();
    }

    /** Of the frames that left here; see {@link TransmitLatency}. */
    default LatencySnapshot latency() {
        return lanes().stream().map(Lane::latency).reduce(LatencySnapshot::plus).orElseThrow();
    }

    /** Where frames can be looked at. */
    PortTaps taps();

    /**
     * Sends one frame by a lane, past its send queue and its books, at best effort and perhaps later: for what ifqd has
     * to say itself. Any thread; while the port is not RUNNING it is not sent.
     */
    void inject(byte[] frame);

    /** OPEN to RUNNING: frames can be sent and are received. */
    void up();

    /**
     * To one of the paused states, from RUNNING or another paused one: frames still queued are dropped, counted as
     * PURGED, and those that come are dropped as NOT_RUNNING. What arrives at the port is still received, unless it is
     * SUSPENDED: where the link comes back, the first frames must not be lost before anybody has heard of it. Does
     * nothing where {@link PortState#mayBecome} says no.
     */
    void pause(PortState why);

    /** From a paused state to RUNNING, with the same rings; not from ABSENT. Does nothing in any other state. */
    void resume();

    /**
     * RUNNING or paused to STOPPED. Frames still queued are dropped, counted as PURGED; on return no thread is in the
     * start routine or will enter it. Does nothing in any other state.
     */
    void down();

    /**
     * To CLOSED, from RUNNING by way of {@link #down}: unmaps and closes. All receive workers have ended. Idempotent.
     */
    @Override
    void close();
}
