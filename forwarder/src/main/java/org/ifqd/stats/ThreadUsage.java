package org.ifqd.stats;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;

/**
 * The processor time and memory that a thread of this process has used, as the JVM and the kernel know it: asking costs
 * the thread itself nothing.
 *
 * @param name of the thread
 * @param cpuNs processor time, system calls included
 * @param allocatedBytes on the Java heap
 */
public record ThreadUsage(String name, long cpuNs, long allocatedBytes) {
    /** Set up when it is first asked for, not by the start. */
    private static final class Threads {
        static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    }

    /** Processor time of a thread; 0 when it has ended, or for no thread (0). */
    public static long cpuNs(long threadId) {
        return threadId <= 0 ? 0 : Math.max(0, Threads.BEAN.getThreadCpuTime(threadId));
    }

    /** Bytes that a thread has allocated; 0 when it has ended, or for no thread (0). */
    public static long allocatedBytes(long threadId) {
        return threadId <= 0 ? 0 : Math.max(0, Threads.BEAN.getThreadAllocatedBytes(threadId));
    }

    /** Bytes that all threads have allocated since the JVM started, those that have ended included. */
    public static long allAllocatedBytes() {
        return Threads.BEAN.getTotalThreadAllocatedBytes();
    }

    /** All platform threads that run Java. */
    public static List<ThreadUsage> all() {
        List<ThreadUsage> all = new ArrayList<>();
        for (ThreadInfo thread : Threads.BEAN.getThreadInfo(Threads.BEAN.getAllThreadIds())) {
            if (thread != null) { // else it has ended meanwhile
                long id = thread.getThreadId();
                all.add(new ThreadUsage(thread.getThreadName(), cpuNs(id), allocatedBytes(id)));
            }
        }
        return all;
    }
}
