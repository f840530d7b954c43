package org.ifqd.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * The time from a full batch to the next full batch: offer, start, dequeue, release. The report divides by the frames.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoreBench {
    /** How the frames come to the device. */
    @Param({"direct", "bundled", "task", "reentrantlock", "synchronized", "mpsc"})
    public String path;

    /** Frames in one call. */
    @Param({"1", "8", "32", "64", "256"})
    public int batch;

    private SendPath sendPath;

    @Setup(Level.Trial)
    public void open() {
        sendPath = SendPath.open(path);
    }

    @TearDown(Level.Trial)
    public void close() {
        sendPath.close();
    }

    @Benchmark
    @Threads(1)
    public void oneProducer(Lane lane, CpuTime cpu) {
        lane.refill();
        sendPath.send(lane);
        cpu.frames += batch;
    }

    @Benchmark
    @Threads(2)
    public void twoProducers(Lane lane, CpuTime cpu) {
        lane.refill();
        sendPath.send(lane);
        cpu.frames += batch;
    }
}
