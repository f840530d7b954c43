package org.ifqd.daemon;

import java.io.PrintWriter;
import java.util.List;
import java.util.StringJoiner;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.stats.DropReason;

/** The table that a bridge prints when it ends: one row a direction, and what is unaccounted for. */
final class FinalTable {
    private static final String ROW = "%-24s %14s %14s %12s %8s %11s%s%n";

    private FinalTable() {}

    static void print(PrintWriter out, List<PortSnapshot> ports, long unaccounted) {
        PortSnapshot a = ports.get(0);
        PortSnapshot b = ports.get(1);
        out.printf(ROW, "direction", "received", "sent", "dropped", "queued", "unaccounted", "");
        row(out, a, b);
        row(out, b, a);
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
