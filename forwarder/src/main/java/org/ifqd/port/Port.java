package org.ifqd.port;

import java.util.List;
import org.ifqd.ifq.Ifnet;

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

    /** What frames leave through. */
    Ifnet ifnet();

    /** Where frames come in, one for each receive worker; fixed for the life of the port. */
    List<? extends Receiver> receivers();

    PortState state();

    /** What was done in software for frames that left here. */
    OffloadCounters offloads();

    /** Where frames can be looked at. */
    PortTaps taps();

    /**
     * Sends one frame past the send queue and its books, at best effort: for what ifqd has to say itself. While RUNNING; any
     * thread, but not after {@link #down} was called.
     */
    void inject(byte[] frame);

    /** OPEN to RUNNING: frames can be sent and are received. */
    void up();

    /**
     * RUNNING to SUSPENDED, as an operator asks: nothing is received any more, frames still queued are dropped, counted as
     * PURGED, and those that come are dropped as NOT_RUNNING. Does nothing when the port is not RUNNING.
     */
    void suspend();

    /** SUSPENDED to RUNNING, with the same rings. Does nothing when the port is not SUSPENDED. */
    void resume();

    /**
     * RUNNING or SUSPENDED to DOWN. Frames still queued are dropped, counted as PURGED; on return no thread is in the start routine or
     * will enter it. Does nothing in any other state.
     */
    void down();

    /** To CLOSED, from RUNNING by way of {@link #down}: unmaps and closes. All receive workers have ended. Idempotent. */
    @Override
    void close();
}
