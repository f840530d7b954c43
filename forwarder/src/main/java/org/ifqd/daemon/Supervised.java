package org.ifqd.daemon;

import java.util.List;
import org.ifqd.bridge.Activity;
import org.ifqd.bridge.PortSnapshot;

/** What a {@link Supervision} looks at, now and then and from a thread of its own, while frames flow. */
interface Supervised {

    /** What is forwarded, for a human: {@code eth1 <-> eth2}. */
    String name();

    /** The counters of all ports. */
    List<PortSnapshot> snapshot();

    /** What has to move. */
    List<Activity> activities();
}
