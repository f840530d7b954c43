package org.ifqd.log;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.stats.DropReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says why frames are dropped that nobody expects to be: looks at the books once a second, since the data path does not
 * log. A line that is said again is folded.
 *
 * <p><b>Threading:</b> a thread of its own, until {@link #close}.
 */
public final class DropWatch implements AutoCloseable {
    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(DropWatch.class);

    /** The text about the port where the frames come in. */
    private static final Map<DropReason, String> AT_INGRESS = new EnumMap<>(
            Map.of(
                    DropReason.UNDESCRIBED,
                    "the kernel cannot hand over some frames, which their sender left to UDP fragmentation or SCTP segmentation offload; at"
                            + " the sender: ethtool -K IF tx-udp-fragmentation off tx-sctp-segmentation off",
                    DropReason.STALE,
                    "frames had waited longer than max-age when they were read: the process or the machine was stopped, or has too much to do",
                    DropReason.TRUNCATED,
                    "some frames are longer than a block of the receive ring; at their sender: ip link set IF gso_max_size 65536"));

    private static final String REFUSED =
            "the kernel does not take some frames: the other end of a veth pair has a smaller MTU, a filter on the egress hook drops them (nft"
                    + " list ruleset), or they are of a kind that cannot be segmented";

    private final Supplier<List<PortSnapshot>> ports;
    private final Map<String, Long> seen = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @param ports the counters of all ports, those of a pair side by side */
    public DropWatch(Supplier<List<PortSnapshot>> ports) {
        this.ports = ports;
        this.thread = Thread.ofPlatform().name("ifqd-drops").daemon().start(this::run);
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(PERIOD_NS);
            if (!closed) {
                try {
                    look(ports.get());
                } catch (RuntimeException | Error e) {
                    LOG.debug("the counters cannot be looked at: {}", e.toString());
                }
            }
        }
    }

    void look(List<PortSnapshot> now) {
        for (int i = 0; i < now.size(); i++) {
            PortSnapshot egress = now.get(i);
            String ingress = now.get(i ^ 1).name();
            AT_INGRESS.forEach((reason, why) -> say(egress, ingress, reason, why));
            say(egress, egress.name(), DropReason.REFUSED, REFUSED);
        }
    }

    /** A subject of its own for each reason, so that two in turn are folded as well. */
    private void say(PortSnapshot egress, String port, DropReason reason, String why) {
        long dropped = egress.queue().dropped(reason);
        Long before = seen.put(egress.name() + ' ' + reason, dropped);
        if (dropped > (before == null ? 0 : before)) {
            LOG.warn("{}[{}]: {}", port, reason.key(), why);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
