package org.ifqd.benchmark;

import java.util.List;
import java.util.Map;

/**
 * The outcome of a benchmark, as it is kept: every component is in the JSON under its name. What was not measured is
 * null, or an empty list. Units are those of the package, unless a name says others.
 *
 * @param format 1; another number is another meaning
 * @param label of the device, as the user calls it
 * @param started ISO 8601
 * @param conformant whether trials are as long and as many as the RFCs ask
 * @param complete false if it was stopped before the end, or failed
 * @param failure why it failed; empty if it did not
 * @param facts of the machine and the interfaces, for people
 * @param settings that were asked for, for people
 */
public record Report(
        int format,
        String label,
        String started,
        boolean conformant,
        boolean complete,
        String failure,
        boolean bothDirections,
        Map<String, String> facts,
        Map<String, String> settings,
        List<SizeReport> sizes) {
    public static final int FORMAT = 1;

    /** What ended the search. */
    public enum Limit {
        /** The device lost frames above. */
        DEVICE,
        /** The device took all that the tester could send, or see: it is at least as fast as that. */
        TESTER,
        /** The device took the highest load: the line's, or the one that was asked for. */
        HIGHEST_LOAD,
        /** Frames were lost at every load. */
        NOTHING_PASSED
    }

    /**
     * One size of frames.
     *
     * @param size as asked for: bytes with FCS, or the name of a mix
     * @param averageBytes with FCS
     * @param highestLoad that could be offered
     * @param faults frames of all trials of this size that were reordered, duplicated or changed
     */
    public record SizeReport(
            String size,
            double averageBytes,
            double highestLoad,
            List<Throughput> throughput,
            List<Latency> latency,
            List<LossPoint> loss,
            BackToBackReport backToBack,
            RecoveryReport recovery,
            ResetReport reset,
            Faults faults,
            List<TrialReport> trials) {}

    /**
     * The answer to a search goal.
     *
     * @param lower the highest load found that meets the goal
     * @param upper the lowest load found that does not; null if there is none
     * @param conditional what came through at {@code lower}
     */
    public record Throughput(
            double lossRatio, double exceedRatio, double lower, Double upper, double conditional, Limit limit) {}

    /**
     * The latency of all frames of a trial, in microseconds.
     *
     * @param fraction of the throughput
     * @param lateP99 by how much the sender's system calls were late, 99 of 100: what of the tester is in the figures
     */
    public record Latency(
            double fraction,
            double rate,
            double lossRatio,
            long frames,
            double min,
            double mean,
            double max,
            double lateP99,
            List<Percentile> percentiles) {
        /** The value at a percentile that is in the list, or NaN. */
        public double at(double percent) {
            return percentiles.stream()
                    .filter(p -> p.percent == percent)
                    .mapToDouble(Percentile::micros)
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }

    /** One point of a latency curve. */
    public record Percentile(double percent, double micros) {}

    /** The loss at one load, RFC 2544, 26.3; {@code load} is a part of the highest. */
    public record LossPoint(double load, double rate, long sent, long lost) {
        double lossRatio() {
            return sent == 0 ? 0 : (double) lost / sent;
        }
    }

    /**
     * Back-to-back frames, RFC 9004, in frames.
     *
     * @param unlimited whether the longest burst that was tried passed: then there is no queue to be measured
     * @param rate of the bursts
     * @param queue the average less what the device sent on meanwhile: the frames that it can hold
     * @param queueSeconds how long it takes to fill them at the bursts' rate (corrected DUT buffer time)
     */
    public record BackToBackReport(
            int repetitions,
            boolean unlimited,
            double average,
            long min,
            long max,
            double deviation,
            double rate,
            double queue,
            double queueSeconds) {}

    /**
     * System recovery, RFC 2544, 26.5.
     *
     * @param overload that was offered before, then half the throughput
     * @param seconds until the last frame that was lost; null if losses did not end
     */
    public record RecoveryReport(double overload, double rate, long lost, Double seconds) {}

    /** Reset, RFC 6201 by the frame loss method: for how long frames did not pass. */
    public record ResetReport(String command, double rate, long lost, double seconds) {}

    /** What a device must never do. */
    public record Faults(long reordered, long duplicated, long corrupted) {
        boolean any() {
            return reordered + duplicated + corrupted > 0;
        }

        Faults plus(TrialResult trial) {
            return new Faults(
                    reordered + trial.reordered(), duplicated + trial.duplicated(), corrupted + trial.corrupted());
        }
    }

    /** One trial of the search. */
    public record TrialReport(double rate, double offered, double seconds, long sent, long lost, long missedByTester) {
        static TrialReport of(Trial trial, TrialResult result) {
            return new TrialReport(
                    trial.rate(), result.offered(), result.seconds(), result.sent(), result.lost(), result.missed());
        }

        double lossRatio() {
            return sent == 0 ? 0 : (double) lost / sent;
        }
    }

    /** Whether a frame was reordered, duplicated or changed. */
    public boolean isFaulty() {
        return sizes.stream().anyMatch(size -> size.faults.any());
    }
}
