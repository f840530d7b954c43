package org.ifqd.benchmark;

import java.util.List;
import java.util.Set;
import org.ifqd.config.ConfigException;
import org.ifqd.probe.ProbePort;

/**
 * What is measured, where and for how long; checked.
 *
 * @param label of the device, or empty
 * @param both whether frames go in both directions at once
 * @param highestRate frames a second and direction, 0 for what the line or the sender can
 * @param lineRate bits a second of the line, 0 for unknown
 * @param goals at least one; latency and what follows go by the first
 * @param trialSeconds of a trial that counts in full
 * @param bursts how often the longest burst is searched
 * @param resetCommand that resets the device, for the shell; or empty
 * @param flows of each direction
 * @param timeoutSeconds how long is waited for frames on their way
 * @param rxRingBytes of each receive ring
 */
public record BenchmarkConfig(
        ProbePort out,
        ProbePort in,
        String label,
        boolean both,
        List<Sizes> sizes,
        Set<Measurement> measurements,
        double highestRate,
        double lineRate,
        List<Goal> goals,
        double trialSeconds,
        int bursts,
        String resetCommand,
        int flows,
        double timeoutSeconds,
        long rxRingBytes) {
    /** Of a trial, RFC 2544, 24. */
    public static final double TRIAL_SECONDS = 60;

    public static final double QUICK_TRIAL_SECONDS = 2;

    /** RFC 9004, 5.4. */
    public static final int BURSTS = 50;

    public static final int QUICK_BURSTS = 5;
    static final double WIDTH = 0.005;
    private static final double INITIAL_SECONDS = 1;
    private static final double SHORTEST_TRIAL = 0.1;
    private static final double LONGEST_TRIAL = 3600;
    private static final double LATENCY_TRIALS = 4;
    private static final double LOSS_TRIALS = 6;
    private static final double SEARCH_TRIALS = 6;
    private static final double BURST_SECONDS = 5;

    public BenchmarkConfig {
        refuse(out.equals(in), out + " is given twice; a benchmark needs two different interfaces");
        refuse(
                !(trialSeconds >= SHORTEST_TRIAL && trialSeconds <= LONGEST_TRIAL),
                "--seconds " + trialSeconds + ": must be 0.1 to 3600");
        refuse(!(highestRate >= 0 && highestRate <= 1e9), "--max-rate: must be 0 to 1e9 frames a second");
        refuse(!(lineRate >= 0 && lineRate <= 1e12), "--line-rate: must be 0 to 1e12 bits a second");
        refuse(bursts < 1 || bursts > 1000, "--bursts " + bursts + ": must be 1 to 1000");
        refuse(measurements.isEmpty(), "--tests: at least one");
        refuse(
                measurements.contains(Measurement.RESET) && resetCommand.isEmpty(),
                "--tests reset: needs --reset COMMAND, which resets the device");
    }

    private static void refuse(boolean bad, String message) {
        if (bad) {
            throw new ConfigException(message);
        }
    }

    /** The goal for a loss ratio: widths and times are the same for all. */
    public static Goal goal(double lossRatio, double exceedRatio, double trialSeconds) {
        refuse(!(lossRatio >= 0 && lossRatio < 1), "--loss-ratio " + lossRatio + ": must be 0 to below 1");
        refuse(!(exceedRatio >= 0 && exceedRatio < 1), "--exceed-ratio " + exceedRatio + ": must be 0 to below 1");
        // With trials that may be worse, several are needed to tell how many are.
        double sum =
                exceedRatio == 0 ? trialSeconds : trialSeconds * Math.ceil(2 / Math.min(exceedRatio, 1 - exceedRatio));
        return new Goal(lossRatio, exceedRatio, Math.min(INITIAL_SECONDS, trialSeconds), trialSeconds, sum, WIDTH);
    }

    /** Whether trials are as long and as many as RFC 2544 and RFC 9004 ask. */
    boolean isConformant() {
        return trialSeconds >= TRIAL_SECONDS && (bursts >= BURSTS || !measurements.contains(Measurement.BACK_TO_BACK));
    }

    /** Frames a second that the line carries of a size, or the highest rate that was asked for; 0 for unknown. */
    double highestLoad(Sizes size) {
        double line = lineRate == 0 ? 0 : size.lineRate(lineRate);
        return line == 0 || highestRate > 0 && highestRate < line ? highestRate : line;
    }

    /** About how long it takes, in seconds. */
    public double expectedSeconds() {
        double trials = goals.stream()
                .mapToDouble(goal -> SEARCH_TRIALS * goal.sumSeconds())
                .sum();
        trials += measurements.contains(Measurement.LATENCY) ? LATENCY_TRIALS * trialSeconds : 0;
        trials += measurements.contains(Measurement.LOSS) ? LOSS_TRIALS * trialSeconds : 0;
        trials += measurements.contains(Measurement.BACK_TO_BACK) ? BURST_SECONDS * bursts : 0;
        trials += measurements.contains(Measurement.RECOVERY) ? 2 * trialSeconds : 0;
        trials += measurements.contains(Measurement.RESET) ? trialSeconds : 0;
        return trials * sizes.size();
    }
}
