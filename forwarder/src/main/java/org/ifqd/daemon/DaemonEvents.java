package org.ifqd.daemon;

import org.ifqd.config.PairSettings;
import org.ifqd.ifq.TaskListSerializer;

/**
 * The events that pairs report to the daemon that has them.
 *
 * <p><b>Threading:</b> {@link #step} by the controlling thread, the others by any.
 */
interface DaemonEvents extends TaskListSerializer.Monitor {

    /** The controlling thread begins with one more thing, at this pair; each takes a few seconds at most. */
    void step(PairSettings pair);

    /** A worker has ended by itself: no frame of its port is received any more. */
    void workerFailed(String worker, Throwable cause);

    /** The two ports of a pair turn out to be connected with each other, or no longer are: a line that says so. */
    void loopChanged(String line);
}
