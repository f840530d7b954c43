package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long START = -5_000_000_000L; // System.nanoTime may be negative

    private static Pacer pacer(double rate) {
        Pacer pacer = new Pacer(rate, false);
        pacer.start(START);
        return pacer;
    }

    private static int takeDue(Pacer pacer, long nowNs) {
        int due = pacer.due(nowNs);
        pacer.take(due);
        return due;
    }

    @Test
    void oneFrameEachInterval() {
        Pacer pacer = pacer(100);
        for (int i = 0; i < 1000; i++) {
            long dueNs = START + i * 10_000_000L;
            assertEquals(0, pacer.due(dueNs - 1), "frame " + i);
            assertEquals(1, takeDue(pacer, dueNs), "frame " + i);
            assertEquals(0, pacer.due(dueNs), "frame " + i);
        }
    }

    @Test
    void fractionsDoNotAddUp() {
        Pacer pacer = pacer(3);
        long sent = 0;
        for (long second = 0; second < 100_000; second += 1) {
            for (int i = 0; i < 3; i++) {
                sent += takeDue(pacer, START + second * 1_000_000_000L + i * 400_000_000L);
            }
        }
        assertTrue(Math.abs(sent - 300_000) <= 1, sent + " frames");
    }

    @Test
    void delayIsMadeUpInBursts() {
        Pacer pacer = pacer(100_000);
        takeDue(pacer, START);
        long nowNs = START + 5_000_000; // 500 more frames are due
        int sent = 1;
        for (int n; (n = takeDue(pacer, nowNs)) > 0; sent += n) {
            assertTrue(n <= Pacer.BURST, n + " at once");
        }
        assertEquals(501, sent);
    }

    private static int takeAll(Pacer pacer, long nowNs) {
        int sent = 0;
        for (int n; (n = takeDue(pacer, nowNs)) > 0; ) {
            sent += n;
        }
        return sent;
    }

    @Test
    void longDelayIsForgiven() {
        Pacer fast = pacer(100_000);
        assertEquals(Pacer.CATCH_UP_NS / 10_000 + 1, takeAll(fast, START + 10_000_000_000L));
        assertEquals(1, takeAll(fast, START + 10_000_010_000L), "and then it goes on at the same pace");
        Pacer slow = pacer(100);
        assertEquals(Pacer.BURST + 1, takeAll(slow, START + 10_000_000_000L));
        assertEquals(1, takeAll(slow, START + 10_010_000_000L));
    }

    @Test
    void evenPacerLeavesOutWhatFellDueInAStall() {
        Pacer fast = new Pacer(100_000, true);
        fast.start(START);
        assertEquals(Pacer.EVEN_NS / 10_000 + 1, takeAll(fast, START + 50_000_000));
        assertEquals(1, takeAll(fast, START + 50_010_000), "and then it goes on at the same pace");
        Pacer slow = new Pacer(1000, true);
        slow.start(START);
        assertEquals(Pacer.EVEN_FRAMES + 1, takeAll(slow, START + 50_000_000));
    }

    @Test
    void noRateIsAlwaysAFullBurst() {
        Pacer pacer = pacer(0);
        assertEquals(Pacer.BURST, takeDue(pacer, START));
        assertEquals(Pacer.BURST, takeDue(pacer, START));
    }
}
