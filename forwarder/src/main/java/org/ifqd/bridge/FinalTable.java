package org.ifqd.bridge;

import java.io.PrintWriter;
import java.util.List;
import java.util.StringJoiner;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.stats.DropReason;

/**
 * The table that the daemon prints when it ends: one row a direction, and what is unaccounted for.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class FinalTable {
    private static final String ROW = "%-24s %14s %14s %12s %8s %11s%s%n";

    private FinalTable() {}

    /** @param ports the counters of all ports, those of a pair side by side */
    public static void print(PrintWriter out, List<PortSnapshot> ports, long unaccounted) {
        out.printf(ROW, "direction", "received", "sent", "dropped", "queued", "unaccounted", "");
        for (int i = 0; i < ports.size(); i++) {
            row(out, ports.get(i), ports.get(i ^ 1));
        }
        out.printf("unaccounted %d%n", unaccounted);
        out.flush();
    }

    private static void row(PrintWriter out, PortSnapshot from, PortSnapshot to) {
        QueueCounters queue = to.queue();
        StringJoiner reasons = new StringJoiner(" ", "  ", "").setEmptyValue("");
        for (int i = 0; i < DropReason.count(); i++) {
            DropReason reason = DropReason.of(i);
            if (queue.dropped(reason) > 0) {
                reasons.add(reason.key() + "=" + queue.dropped(reason));
            }
        }
        if (from.kernelDrops() > 0) {
            reasons.add("(kernelDrops=" + from.kernelDrops() + ", never received)");
        }
        out.printf(
                ROW,
                from.name() + " -> " + to.name(),
                queue.received(),
                queue.sent(),
                queue.droppedTotal(),
                queue.queued(),
                queue.unaccounted(),
                reasons);
    }
}
