package org.ifqd.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * CLOCK_REALTIME in nanoseconds: the clock with which the kernel stamps received frames ({@code ReceivedFrame.timeNs}).
 * {@code System.nanoTime} is another clock, and {@code Instant.now} allocates.
 *
 * <p>It can be set while we run: a difference of two readings can be wrong, even negative.
 *
 * <p><b>Threading:</b> one thread. <b>Allocation:</b> none after construction.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/clock_gettime.2.html">clock_gettime(2)</a>
 */
public final class RealtimeClock {
    private static final int CLOCK_REALTIME = 0;
    private static final int TIMESPEC_BYTES = 16; // time_t tv_sec; long tv_nsec; 64 bits each

    private final Libc libc;
    private final MemorySegment timespec = Arena.ofAuto().allocate(TIMESPEC_BYTES, 8);

    public RealtimeClock(Libc libc) {
        this.libc = libc;
    }

    /** Nanoseconds since 1970. */
    public long nowNs() {
        libc.clock_gettime(CLOCK_REALTIME, timespec); // cannot fail: the clock exists and the memory is ours
        return timespec.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + timespec.get(ValueLayout.JAVA_LONG, 8);
    }
}
