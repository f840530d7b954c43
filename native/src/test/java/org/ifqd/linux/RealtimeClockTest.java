package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class RealtimeClockTest {
    private static long javaNs() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
    }

    /** A day of tolerance: somebody may set the clock; a wrong unit or a wrong clock is farther off. */
    @Test
    void isTheTimeOfDay() {
        long dayNs = 86_400_000_000_000L;
        long offNs = new RealtimeClock(Libc.system()).nowNs() - javaNs();
        assertTrue(Math.abs(offNs) < dayNs, offNs + " ns off");
    }
}
