package org.ifqd.benchmark;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.ifqd.linux.Libc;
import org.ifqd.probe.DirectionReport;
import org.ifqd.probe.FrameSizes;
import org.ifqd.probe.Probe;
import org.ifqd.probe.ProbeConfig;
import org.ifqd.probe.ProbePort;

/**
 * Runs each trial as a probe of its own, after learning frames from the far side (RFC 2544, 23), and with a stream of
 * its own, so that what is late from one trial is foreign to the next.
 *
 * <p><b>Threading:</b> one thread; {@link #stop} from any.
 */
final class ProbeTester implements Tester {
    private static final int FIRST_STREAM = 2;
    private static final int STREAMS = 1 << 14;
    private static final int LEARNING_FRAMES = 5;
    private static final double LEARNING_RATE = 1000;
    private static final FrameSizes SMALLEST = FrameSizes.parse("60");

    private final Libc libc;
    private final BenchmarkConfig config;
    private final long seed;
    private final long outMac;
    private final long inMac;
    private int stream;
    private volatile Probe running;
    private volatile boolean stopped;

    ProbeTester(Libc libc, BenchmarkConfig config) {
        this.libc = libc;
        this.config = config;
        SplittableRandom random = new SplittableRandom();
        stream = random.nextInt(FIRST_STREAM, STREAMS);
        seed = random.nextInt(1, 1_000_000);
        // Of the whole run, so that a bridge needs not learn anew for each trial.
        outMac = 0x02_1f_9e_00_00_01L | (long) stream << 8;
        inMac = outMac + 1;
    }

    @Override
    public TrialResult run(Trial trial) throws InterruptedException {
        if (!config.both()) {
            Trial learning = new Trial(SMALLEST, LEARNING_RATE, LEARNING_FRAMES, 0, 0, 0);
            probe(config(config.in(), null, learning, inMac, outMac));
        }
        List<DirectionReport> directions = probe(config(config.out(), config.in(), trial, outMac, inMac));
        DirectionReport slowest = directions.stream()
                .min((a, b) -> Double.compare(a.sent().perSecond(), b.sent().perSecond()))
                .orElseThrow();
        return new TrialResult(
                trial.rate(),
                slowest.sent().perSecond(),
                slowest.sent().elapsedNs() / 1e9,
                sum(directions, DirectionReport::sentFrames),
                sum(directions, DirectionReport::receivedFrames),
                sum(directions, DirectionReport::reordered),
                sum(directions, DirectionReport::duplicated),
                sum(directions, DirectionReport::corrupted),
                sum(directions, DirectionReport::kernelDrops),
                directions.stream()
                        .mapToLong(DirectionReport::lastMissing)
                        .max()
                        .orElse(-1),
                sum(directions, DirectionReport::lostAtEnd),
                merged(directions, DirectionReport::latencyNs),
                merged(directions, direction -> direction.sent().lateNs()));
    }

    private static Histogram merged(List<DirectionReport> directions, Function<DirectionReport, Histogram> value) {
        Histogram all = value.apply(directions.getFirst()).copy();
        directions.stream().skip(1).map(value).forEach(all::add);
        return all;
    }

    private static long sum(List<DirectionReport> directions, ToLongFunction<DirectionReport> value) {
        return directions.stream().mapToLong(value).sum();
    }

    private List<DirectionReport> probe(ProbeConfig settings) throws InterruptedException {
        try (Probe probe = new Probe(libc, settings)) {
            running = probe;
            if (stopped) {
                throw new InterruptedException("stopped");
            }
            List<DirectionReport> directions = probe.run();
            if (stopped) {
                throw new InterruptedException("stopped"); // a trial that was cut short says nothing
            }
            return directions;
        } finally {
            running = null;
        }
    }

    private ProbeConfig config(ProbePort out, ProbePort in, Trial trial, long source, long destination) {
        stream = stream % STREAMS + FIRST_STREAM;
        return new ProbeConfig(
                out,
                in,
                config.both() && in != null,
                trial.frames(),
                nanoseconds(trial.seconds()),
                trial.rate(),
                true,
                trial.sizes(),
                config.flows(),
                List.of(),
                stream,
                source,
                destination,
                false,
                seed,
                nanoseconds(trial.leadSeconds()),
                trial.leadRate(),
                nanoseconds(config.timeoutSeconds()),
                config.rxRingBytes());
    }

    private static long nanoseconds(double seconds) {
        return (long) (seconds * 1e9);
    }

    /** Ends the trial that runs, and with it the benchmark. */
    void stop() {
        stopped = true;
        Probe probe = running;
        if (probe != null) {
            probe.stop();
        }
    }
}
