package org.ifqd.port;

/**
 * A lane as its backend builds it: beside the way out, the steps that {@link DrivenPort} takes it up and down by.
 *
 * <p><b>Threading:</b> these steps by the port's controlling thread.
 */
public interface DrivenLane extends Lane {

    /**
     * Starts the completion context, which restarts {@link #ifnet} when the transmit ring has room again. Once, before
     * it is RUNNING.
     */
    void startCompletion();

    /**
     * Ends the completion context: on return it restarts nothing and looks at no ring. Once, after RUNNING was cleared.
     */
    void stopCompletion();

    /** Returns when no thread is in the start routine or will enter it. After RUNNING was cleared. */
    default void quiesce() {
        ifnet().startBarrier();
    }

    /**
     * Drops what the driver has taken from the queue and the kernel has not, counted as PURGED. After {@link #quiesce}.
     */
    void discard();
}
