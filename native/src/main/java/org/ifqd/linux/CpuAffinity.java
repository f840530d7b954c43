package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a thread may run. @see <a
 * href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a>
 */
public final class CpuAffinity {
    private static final int MASK_BYTES = 1 << 10; // 8192 processors, the most that Linux has

    private CpuAffinity() {}

    /**
     * Pins the calling thread, a platform thread, to one processor.
     *
     * @throws ErrnoException EINVAL where there is no such processor, or this process may not use it (taskset, cpuset)
     */
    public static void pinThisThread(Libc libc, int cpu) {
        ErrnoException.check(
                tryPin(libc, cpu),
                "sched_setaffinity",
                "cpu " + cpu,
                "give processors that are there and that this process may use: see nproc, taskset -p");
    }

    /**
     * Pins the calling thread, a platform thread, to one processor; on success it is there on return.
     *
     * @return 0, or minus the errno
     */
    public static int tryPin(Libc libc, int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            mask.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (1 << cpu % 8));
            return libc.sched_setaffinity(0, MASK_BYTES, mask);
        }
    }

    /** The processors that the calling thread may run on, ascending; none where the kernel does not say. */
    public static List<Integer> usable(Libc libc) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            List<Integer> cpus = new ArrayList<>();
            if (libc.sched_getaffinity(0, MASK_BYTES, mask) >= 0) {
                for (int cpu = 0; cpu < MASK_BYTES * 8; cpu++) {
                    if ((mask.get(ValueLayout.JAVA_BYTE, cpu / 8) & 1 << cpu % 8) != 0) {
                        cpus.add(cpu);
                    }
                }
            }
            return cpus;
        }
    }

    /** Whether this process may run on a processor. */
    public static boolean isUsable(Libc libc, int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            return cpu / 8 < MASK_BYTES
                    && libc.sched_getaffinity(0, MASK_BYTES, mask) >= 0
                    && (mask.get(ValueLayout.JAVA_BYTE, cpu / 8) & 1 << cpu % 8) != 0;
        }
    }
}
