package org.ifqd.port;

/** Where a port is in its life; the drawing is in the package's description. */
public enum PortState {
    /** Rings and sockets are there, nothing is received or sent yet. */
    OPEN,
    /** Sends and receives. */
    RUNNING,
    /** Sends nothing and receives nothing for a while; what comes for it is dropped and counted. */
    SUSPENDED,
    /** Sends nothing, receives nothing, and never will again; its memory may still be referred to. */
    DOWN,
    /** Rings unmapped, sockets closed. The end. */
    CLOSED
}
