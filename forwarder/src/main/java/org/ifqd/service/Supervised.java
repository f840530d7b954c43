package org.ifqd.service;

import java.util.List;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.watchdog.Activity;

/**
 * The view that a {@link Supervision} has of forwarding, now and then and from a thread of its own, while frames flow.
 */
public interface Supervised {

    /** The pairs that are forwarded, for a human: {@code eth1 <-> eth2}. */
    String name();

    /** The counters of all ports. */
    List<PortSnapshot> snapshot();

    /** The activities that have to move. */
    List<Activity> activities();
}
