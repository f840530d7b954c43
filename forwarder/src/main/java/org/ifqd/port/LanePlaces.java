package org.ifqd.port;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which processors have lanes, and how many: of this process, or for a test. Lanes that name no processor get the one with the fewest.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class LanePlaces {
    public static final LanePlaces PROCESS = new LanePlaces();

    private final Map<Integer, Integer> lanes = new HashMap<>();

    /** A lane's place on a processor; closing it gives it back. */
    public final class Place implements AutoCloseable {
        private final int cpu;
        private boolean closed;

        private Place(int cpu) {
            this.cpu = cpu;
        }

        public int cpu() {
            return cpu;
        }

        @Override
        public void close() {
            synchronized (LanePlaces.this) {
                if (!closed) {
                    closed = true;
                    lanes.merge(cpu, -1, Integer::sum);
                }
            }
        }
    }

    /**
     * A place for a lane.
     *
     * @param lane its number in the plan, which is bound
     * @param usable processors of this process, at least one unless the plan names some
     */
    public synchronized Place take(LanePlan plan, int lane, List<Integer> usable) {
        int cpu = plan.cpus().isEmpty()
                ? usable.stream()
                        .min(Comparator.<Integer>comparingInt(each -> lanes.getOrDefault(each, 0))
                                .thenComparing(plan.avoid()::contains))
                        .orElseThrow()
                : plan.cpus().get(lane % plan.cpus().size());
        lanes.merge(cpu, 1, Integer::sum);
        return new Place(cpu);
    }
}
