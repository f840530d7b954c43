package org.ifqd.probe;

import java.util.function.BooleanSupplier;

/**
 * When a receiver has seen enough. Asked after each block and at least every few milliseconds, on the receiver's
 * thread.
 */
@FunctionalInterface
interface Ending {
    /** Once all have arrived, how long to look out for duplicates. */
    long QUIET_NS = 50_000_000;

    /** How many times the timeout a receiver waits in all while frames still come. */
    int LONGEST_TIMEOUTS = 10;

    /**
     * @param lastNs when the last frame of ours was met, or when the receiver began
     * @param nowNs System.nanoTime, as {@code lastNs}
     */
    boolean reached(Verifier verifier, long lastNs, long nowNs);

    /**
     * With the sender at hand: when all that it sent have arrived, or nothing of ours has come for a while. A loop in
     * the network that keeps frames of ours coming for ever does not keep us for ever.
     */
    static Ending after(Sender sender, long timeoutNs) {
        return (verifier, lastNs, nowNs) -> {
            if (!sender.hasEnded()) {
                return false;
            }
            boolean all = verifier.received() >= sender.sent().frames();
            long sinceNs = nowNs - sender.endNs();
            long silenceNs = Math.min(sinceNs, nowNs - lastNs);
            return silenceNs > timeoutNs || sinceNs > LONGEST_TIMEOUTS * timeoutNs || all && silenceNs > QUIET_NS;
        };
    }

    /**
     * With the sender elsewhere: when told to stop, at the end of the time, when the number that was announced has
     * arrived, or when frames have come and then none any more.
     *
     * @param count 0 for unknown
     * @param durationNs from the first look on, 0 for no limit
     */
    static Ending alone(BooleanSupplier stopped, long count, long durationNs, long timeoutNs) {
        long startNs = System.nanoTime();
        return (verifier, lastNs, nowNs) -> {
            boolean all = count > 0 && verifier.received() >= count;
            boolean begun = verifier.received() > 0;
            return stopped.getAsBoolean()
                    || durationNs > 0 && nowNs - startNs > durationNs
                    || all && nowNs - lastNs > QUIET_NS
                    || begun && nowNs - lastNs > timeoutNs;
        };
    }
}
