package org.ifqd.stats;

/**
 * Why a frame that ifqd had received did not leave. The key is the name in JSON, tables and metrics.
 *
 * <p>Frames that the kernel dropped in front of ifqd, for want of room in the receive ring, were never received and are
 * counted apart ({@code rx.kernelDrops}).
 */
public enum DropReason {
    /** The send queue was full (OpenBSD: qdrops). */
    QUEUE_FULL("queueFull"),
    /** The egress port was not RUNNING. */
    NOT_RUNNING("notRunning"),
    /** Still queued when the port went down, or when the deadline of a drain had passed. */
    PURGED("purged"),
    /** The kernel has no words for the frame (UFO, SCTP segmentation, unknown GSO kinds), so its slot stayed empty. */
    UNDESCRIBED("undescribed"),
    /** Received longer ago than max-age, as after a stop of the process. */
    STALE("stale"),
    /** The receive ring had cut the frame: tp_snaplen below tp_len. */
    TRUNCATED("truncated"),
    /** To a link-local group address (STP, LLDP, LACP and others) whose class the policy drops. */
    LINK_LOCAL("linkLocal"),
    /** A probe of ifqd's own that came back through a loop. */
    OWN("own"),
    /** The two ports are connected with each other: forwarding is stopped until the loop is gone. */
    LOOP("loop"),
    /** Longer than the egress port can send. */
    TOO_BIG("tooBig"),
    /** The kernel refused this one frame for good, for example as malformed. */
    REFUSED("refused"),
    /** The kernel had no buffer for the frame (ENOBUFS, EAGAIN) until the deadline for trying again had passed. */
    NO_BUFFER("noBuffer");

    private static final DropReason[] ALL = values();

    private final String key;

    DropReason(String key) {
        this.key = key;
    }

    public String key() {
        return key;
    }

    /** The number of reasons, the size of an array indexed by {@link #ordinal}. */
    public static int count() {
        return ALL.length;
    }

    /** The reason with this ordinal; allocates nothing. */
    public static DropReason of(int ordinal) {
        return ALL[ordinal];
    }
}
