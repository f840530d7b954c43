package org.ifqd.benchmark;

/** Runs trials. One thread, one trial at a time. */
@FunctionalInterface
interface Tester {
    /** Returns when the last frame has come, or none is waited for any more. */
    TrialResult run(Trial trial) throws InterruptedException;
}
