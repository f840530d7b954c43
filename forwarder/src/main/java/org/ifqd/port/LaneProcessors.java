package org.ifqd.port;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which processors have lanes, and how many: of this process, or for a test. Lanes that name no processor get the one
 * with the fewest.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class LaneProcessors {
    public static final LaneProcessors PROCESS = new LaneProcessors();

    private final Map<Integer, Integer> lanes = new HashMap<>();

    /** A lane's share of a processor; closing it gives it back. */
    public final class Reservation implements AutoCloseable {
        private final int cpu;
        private boolean closed;

        private Reservation(int cpu) {
            this.cpu = cpu;
        }

        public int cpu() {
            return cpu;
        }

        @Override
        public void close() {
            synchronized (LaneProcessors.this) {
                if (!closed) {
                    closed = true;
                    lanes.merge(cpu, -1, Integer::sum);
                }
            }
        }
    }

    /**
     * Reserves a processor for a lane.
     *
     * @param lane its number in the plan, which is bound
     * @param usable processors of this process, at least one unless the plan names some
     */
    public synchronized Reservation take(LanePlan plan, int lane, List<Integer> usable) {
        int cpu = plan.cpus().isEmpty()
                ? usable.stream()
                        .min(Comparator.<Integer>comparingInt(each -> lanes.getOrDefault(each, 0))
                                .thenComparing(plan.avoid()::contains))
                        .orElseThrow()
                : plan.cpus().get(lane % plan.cpus().size());
        lanes.merge(cpu, 1, Integer::sum);
        return new Reservation(cpu);
    }
}
