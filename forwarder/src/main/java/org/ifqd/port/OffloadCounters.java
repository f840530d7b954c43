package org.ifqd.port;

/**
 * What ifqd did for frames whose egress has no offload for it.
 *
 * @param csumCompleted frames whose checksum ifqd finished
 * @param segmented superframes that ifqd cut
 */
public record OffloadCounters(long csumCompleted, long segmented) {}
