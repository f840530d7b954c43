package org.ifqd.benchmark;

/** What is measured of each size. The throughput always is, since the others begin with it. */
public enum Measurement {
    THROUGHPUT,
    LATENCY,
    LOSS,
    BACK_TO_BACK,
    RECOVERY,
    RESET
}
