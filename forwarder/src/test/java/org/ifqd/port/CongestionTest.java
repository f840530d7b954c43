package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.ifq.SendQueue;
import org.junit.jupiter.api.Test;

/** Patience with a frame that the kernel does not take, on a clock of the test's own. */
class CongestionTest {
    private static final long MS = 1_000_000;

    private final List<Long> pauses = new ArrayList<>();
    private final Congestion congestion = new Congestion(pauses::add);
    private final SendQueue queue = new SendQueue(16);
    private long now = 1_000_000_000_000L;

    /** A device under load: enough frames were taken lately. */
    private void load() {
        congestion.progress(1000, now);
    }

    /** How long the frame is waited for, nanoseconds, at most a second. */
    private long waited(boolean mayBeRefusal) {
        long since = now;
        while (now - since < 1000 * MS && !congestion.stall(queue, mayBeRefusal, false, now)) {
            now += 10_000;
        }
        return now - since;
    }

    @Test
    void aDeviceThatIsNotLoadedIsNotFull() {
        assertTrue(waited(true) < MS);
        assertTrue(congestion.wasRefusal(false));
        assertTrue(waited(true) < MS, "the next one neither");
    }

    @Test
    void aLoadedDeviceMayBeFull() {
        load();
        assertTrue(waited(true) >= 250 * MS);
        assertFalse(congestion.wasRefusal(false));
    }

    /** A thousand frames a second are no load, though the second is full of them. */
    @Test
    void aSlowStreamDoesNotFillADevice() {
        for (int i = 0; i < 1000; i++) {
            congestion.progress(1, now);
            now += MS;
        }
        assertTrue(waited(true) < MS);
    }

    @Test
    void aRunOfRefusedFramesCostsLittleMoreThanTheFirst() {
        load();
        long sum = 0;
        for (int i = 0; i < 100; i++) {
            sum += waited(true);
            assertFalse(congestion.wasRefusal(false), "it may have been congestion");
        }
        assertTrue(sum < 260 * MS, sum + " ns for a hundred refused frames in a row");
    }

    @Test
    void whatIsInFlightMeansFull() {
        assertFalse(congestion.stall(queue, true, true, now));
        now += 200 * MS;
        assertFalse(congestion.stall(queue, true, true, now));
    }

    @Test
    void patienceShrinksWhileTheNextFramePasses() {
        long sum = 0;
        for (int i = 0; i < 10; i++) {
            load();
            sum += waited(true);
            congestion.progress(1, now);
            assertTrue(congestion.wasRefusal(true));
        }
        assertTrue(sum < 270 * MS, sum + " ns for ten refused frames");
    }

    @Test
    void aFrameThatWasTakenAfterWaitingBringsPatienceBack() {
        patienceShrinksWhileTheNextFramePasses();
        load();
        assertFalse(congestion.stall(queue, true, false, now));
        now += 40_000;
        congestion.progress(1000, now); // it was congestion
        assertTrue(waited(true) >= 300_000);
    }

    @Test
    void patienceIsWholeAgainAfterAWhile() {
        patienceShrinksWhileTheNextFramePasses();
        now += Congestion.MEMORY_NS + MS;
        load();
        assertTrue(waited(true) >= 250 * MS);
    }

    /** veth: the other end has a carrier a moment before it takes frames. */
    @Test
    void whatWaitedForACarrierIsNotRefusedRightAfterIt() {
        assertFalse(congestion.stall(queue, false, false, now));
        now += 100 * MS;
        assertFalse(congestion.stall(queue, false, false, now));
        now += 10_000;
        assertFalse(congestion.stall(queue, true, false, now));
        now += 5 * MS;
        assertFalse(congestion.stall(queue, true, false, now));
        congestion.progress(1, now);
        now += 100 * MS;
        assertTrue(waited(true) < MS, "the next one is as any other");
    }

    @Test
    void otherErrorsAreWaitedFor() {
        assertTrue(waited(false) >= 250 * MS);
    }

    @Test
    void aPauseForgetsWhatStalledBefore() {
        load();
        assertFalse(congestion.stall(queue, true, false, now));
        congestion.reset();
        now += 900 * MS;
        load();
        assertFalse(congestion.stall(queue, true, false, now), "it has just begun");
        assertEquals(List.of(20_000L, 20_000L), pauses);
        assertTrue(queue.isOactive());
    }
}
