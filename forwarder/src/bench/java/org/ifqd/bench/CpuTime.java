package org.ifqd.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * The CPU time of all Java threads, and the frames for which it was spent: a consumer that polls is not free, and other
 * work on the machine does not count.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class CpuTime {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Of all threads; counted by the first producer. */
    public long cpuNs;

    /** Sent by this producer; JMH sets it to 0 before each iteration. */
    public long frames;

    private long cpuBefore;

    @Setup(Level.Iteration)
    public void begin() {
        cpuBefore = ofAllThreads();
    }

    @TearDown(Level.Iteration)
    public void end(ThreadParams threads) {
        cpuNs = threads.getThreadIndex() == 0 ? ofAllThreads() - cpuBefore : 0;
    }

    private static long ofAllThreads() {
        long sum = 0;
        for (long ns : THREADS.getThreadCpuTime(THREADS.getAllThreadIds())) {
            sum += Math.max(0, ns);
        }
        return sum;
    }
}
