package org.ifqd.cli;

import java.util.List;
import java.util.TreeMap;

/**
 * A look at the counters.
 *
 * @param atNs when, by a monotonic clock
 */
record TopSample(StatsNode stats, long atNs) {

    List<StatsNode> ports() {
        return stats.nodes("ports");
    }

    /** The node of this name among others, empty where it is not there. */
    static StatsNode named(List<StatsNode> nodes, String name) {
        return nodes.stream()
                .filter(node -> node.text("name").equals(name))
                .findFirst()
                .orElse(new StatsNode(java.util.Map.of()));
    }

    /**
     * The times that these shares of the frames between two looks did not exceed.
     *
     * @param before the same port at the look before
     * @param quantiles 0 to 1, ascending
     * @return nanoseconds, or null when no frame left
     */
    static long[] latencyNs(StatsNode port, StatsNode before, double... quantiles) {
        TreeMap<Long, Long> buckets = new TreeMap<>();
        port.node("latency").list("buckets").forEach(bucket -> add(buckets, bucket, 1));
        before.node("latency").list("buckets").forEach(bucket -> add(buckets, bucket, -1));
        long frames = buckets.values().stream().mapToLong(Long::longValue).sum();
        if (frames <= 0) {
            return null;
        }
        long[] values = new long[quantiles.length];
        long seen = 0;
        int next = 0;
        for (var bucket : buckets.entrySet()) {
            seen += bucket.getValue();
            while (next < values.length && seen >= Math.max(1, Math.ceil(quantiles[next] * frames))) {
                values[next++] = bucket.getKey();
            }
        }
        return values;
    }

    private static void add(TreeMap<Long, Long> buckets, Object bucket, int sign) {
        List<?> edgeAndFrames = (List<?>) bucket;
        long edgeNs = ((Number) edgeAndFrames.get(0)).longValue();
        buckets.merge(edgeNs, sign * ((Number) edgeAndFrames.get(1)).longValue(), Long::sum);
    }
}
