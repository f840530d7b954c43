package org.ifqd.port;

/**
 * Counts of work that ifqd did for frames whose egress has no offload for it.
 *
 * @param csumCompleted frames whose checksum ifqd finished
 * @param segmented GSO frames that ifqd cut
 */
public record OffloadCounters(long csumCompleted, long segmented) {
    /** The sum of both. */
    public OffloadCounters plus(OffloadCounters other) {
        return new OffloadCounters(csumCompleted + other.csumCompleted, segmented + other.segmented);
    }
}
