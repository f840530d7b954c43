package org.ifqd.config;

import org.ifqd.linux.Scheduling;

/**
 * How far the host that ifqd runs on may use the ports.
 *
 * @param isolate keep its stack away from what arrives
 * @param allowUse accept ports that the host uses itself: with an address, a master, or IP forwarding
 * @param scheduling of the threads that move frames, against the host's other work
 */
public record HostPolicy(IsolateMode isolate, boolean allowUse, Scheduling scheduling) {

    /** With the scheduling that is the default. */
    public HostPolicy(IsolateMode isolate, boolean allowUse) {
        this(isolate, allowUse, Scheduling.AUTO);
    }

    /**
     * Whoever allows the host to use a port means it to go on hearing there, and may be logged in through it: then AUTO
     * is OFF.
     */
    public IsolateMode isolateMode() {
        return allowUse && isolate == IsolateMode.AUTO ? IsolateMode.OFF : isolate;
    }
}
