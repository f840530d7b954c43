package org.ifqd.port;

import java.util.List;
import java.util.Set;

/**
 * The lanes of a port: how many, and where their work is done.
 *
 * @param count of lanes, one for each receive worker of the other port
 * @param bound each lane has one processor for all its work: the interface has several transmit queues, and the
 *     processor is what decides which one a frame takes
 * @param cpus those processors, in turn; empty: the ones with the fewest lanes
 * @param avoid processors that are taken only when all others have as many lanes and one more
 */
public record LanePlan(int count, boolean bound, List<Integer> cpus, Set<Integer> avoid) {
    /** One lane, anywhere. */
    public static final LanePlan ONE = anywhere(1);

    public LanePlan {
        if (count < 1) {
            throw new IllegalArgumentException(count + " lanes");
        }
        cpus = List.copyOf(cpus);
        avoid = Set.copyOf(avoid);
    }

    /** Lanes whose work is done wherever the kernel puts their threads. */
    public static LanePlan anywhere(int count) {
        return new LanePlan(count, false, List.of(), Set.of());
    }
}
