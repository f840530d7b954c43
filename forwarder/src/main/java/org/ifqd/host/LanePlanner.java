package org.ifqd.host;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.control.TransmitQueues;
import org.ifqd.linux.netlink.Link;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many lanes a port gets, and where: one for each receive worker of the other port, and each on one processor where
 * the interface has several transmit queues, since the processor decides which of them a frame takes.
 */
public final class LanePlanner {
    private static final Logger LOG = LoggerFactory.getLogger(LanePlanner.class);

    private LanePlanner() {}

    /**
     * The lanes of a port.
     *
     * @param ingress whose receive workers send by them: on its processors, where it names some
     * @param from its interface
     * @param to the interface that frames leave through
     */
    public static LanePlan plan(PortConfig ingress, Link from, Link to) {
        TransmitQueues queues = new TransmitQueues();
        int workers = ingress.options().workers();
        try (Ethtool ethtool = Ethtool.open()) {
            if (queues.count(ethtool, to) == 1) {
                return LanePlan.anywhere(workers);
            }
        }
        Set<Integer> interrupted = new HashSet<>(queues.interrupted(from));
        interrupted.addAll(queues.interrupted(to));
        return new LanePlan(workers, true, ingress.options().cpus(), interrupted);
    }

    /** Says where the lanes are, if they are bound. */
    public static void tell(Port port, LanePlan plan) {
        String cpus = port.lanes().stream()
                .filter(lane -> lane.cpu() >= 0)
                .map(lane -> String.valueOf(lane.cpu()))
                .collect(Collectors.joining(", "));
        if (!cpus.isEmpty()) {
            LOG.info(
                    "{}: has several transmit queues, which the processor chooses: to keep frames in order, what leaves there is"
                            + " sent from processor {}{}",
                    port.name(),
                    cpus,
                    plan.cpus().isEmpty() ? "" : ", as cpus says");
        }
    }
}
