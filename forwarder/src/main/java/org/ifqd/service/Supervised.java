package org.ifqd.service;

import java.util.List;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.watchdog.Activity;

/** What a {@link Supervision} looks at, now and then and from a thread of its own, while frames flow. */
public interface Supervised {

    /** What is forwarded, for a human: {@code eth1 <-> eth2}. */
    String name();

    /** The counters of all ports. */
    List<PortSnapshot> snapshot();

    /** What has to move. */
    List<Activity> activities();
}
