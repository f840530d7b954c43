package org.ifqd.port;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a port is in its life; the drawing is in the package's description. Those in the middle are paused: the rings
 * are there, but what comes for the port is dropped at once and counted, so that no backlog of seconds-old frames
 * builds up.
 */
public enum PortState {
    /** Rings and sockets are there, nothing is received or sent yet. */
    OPEN,
    /** Sends and receives. */
    RUNNING,
    /** Paused, as an operator asked: nothing is received either. */
    SUSPENDED,
    /** Paused: the interface has no carrier. */
    NO_CARRIER,
    /** Paused: the interface is administratively down. */
    DOWN,
    /** Paused for good: the interface is gone. Another one of the same name gets a new port with fresh rings. */
    ABSENT,
    /** Sends nothing, receives nothing, and never will again; its memory may still be referred to. */
    STOPPED,
    /** Rings unmapped, sockets closed. The end. */
    CLOSED;

    private static final Set<PortState> PAUSED = EnumSet.of(SUSPENDED, NO_CARRIER, DOWN, ABSENT);

    /** The rings are there, and frames for the port are dropped. */
    public boolean isPaused() {
        return PAUSED.contains(this);
    }

    /**
     * Whether a port in this state may become {@code next}. What may never be:
     *
     * <ul>
     *   <li>RUNNING to CLOSED: the ring would be unmapped under a running start; a close goes by way of STOPPED.
     *   <li>ABSENT to anything but STOPPED: the sockets are bound to an index that does not come back.
     *   <li>STOPPED to RUNNING: slots of the old ring may still be with the kernel.
     *   <li>CLOSED to anything: rings and sockets are gone.
     * </ul>
     */
    public boolean mayBecome(PortState next) {
        return switch (this) {
            case OPEN -> next == RUNNING || next == CLOSED;
            case RUNNING -> next.isPaused() || next == STOPPED;
            case SUSPENDED, NO_CARRIER, DOWN -> next != this && (next == RUNNING || next.isPaused() || next == STOPPED);
            case ABSENT -> next == STOPPED;
            case STOPPED -> next == CLOSED;
            case CLOSED -> false;
        };
    }
}
