package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdlePollingTest {
    private final IdlePolling polling = new IdlePolling();
    private long nowNs = 7;

    /** Finds the ring empty, sleeps as soon as it may, and is woken so long after it found it empty. */
    private void idle(long ns) {
        long sinceNs = nowNs;
        while (polling.goesOn(nowNs)) {
            nowNs += 1_000;
        }
        nowNs = Math.max(nowNs, sinceNs + ns);
        polling.slept(nowNs);
        polling.over();
    }

    @Test
    void startsWithTheShortestWindow() {
        assertTrue(polling.goesOn(nowNs));
        assertTrue(polling.goesOn(nowNs + IdlePolling.LEAST_NS - 1));
        assertFalse(polling.goesOn(nowNs + IdlePolling.LEAST_NS));
    }

    @Test
    void theWindowGrowsWhileFramesComeSoonAfterItFellAsleep() {
        idle(30_000);
        assertEquals(2 * IdlePolling.LEAST_NS, polling.windowNs());
        for (int i = 0; i < 10; i++) {
            idle(IdlePolling.MOST_NS - 1);
        }
        assertEquals(IdlePolling.MOST_NS, polling.windowNs());
    }

    @Test
    void itShrinksWhenFramesAreRare() {
        for (int i = 0; i < 10; i++) {
            idle(30_000);
        }
        for (int i = 0; i < 10; i++) {
            idle(10_000_000);
        }
        assertEquals(IdlePolling.LEAST_NS, polling.windowNs());
    }

    @Test
    void aFrameBeginsANewWindow() {
        assertTrue(polling.goesOn(nowNs));
        nowNs += IdlePolling.LEAST_NS - 1;
        polling.over();
        assertTrue(polling.goesOn(nowNs));
        assertTrue(polling.goesOn(nowNs + IdlePolling.LEAST_NS - 1));
    }

    @Test
    void onlyTheFirstPartOfAWindowIsNotShared() {
        assertTrue(polling.goesOn(nowNs));
        assertFalse(polling.isLong(nowNs + IdlePolling.LEAST_NS - 1));
        assertTrue(polling.isLong(nowNs + IdlePolling.LEAST_NS));
    }
}
