package org.ifqd.ifq;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The classes themselves, not a model of them, under Lincheck's model checker: it runs a small program again and again
 * and switches threads at every access to shared memory that it can, few switches first. Sequentially consistent: it
 * cannot see {@link Variant#RELEASE_LEAVE}, which the model beside and jcstress do.
 */
@Tag("lincheck")
class CoreLincheckTest {
    /** Interleavings for each program in the normal build; the broken variants are found within these. */
    private static final int INTERLEAVINGS = 200;

    /** Two senders and a completion on a ring of one slot. */
    private static void sendAndComplete(Variant variant) {
        OneSlotPort port = new OneSlotPort(variant, 4);
        together(port::send, () -> {
            port.send();
            port.complete();
        });
        check(!port.overlapped, "two threads in start");
        check(!port.isStranded(), "a frame is stranded");
        check(port.queue.counters().unaccounted() == 0, "the books do not add up");
        check(port.queue.counters().received() == 2, "received");
        check(port.failures == 0, "a task threw");
    }

    /** A sender against down, barrier and unmap. */
    private static void sendAndGoDown(Variant variant) {
        OneSlotPort port = new OneSlotPort(variant, 4);
        together(port::send, () -> {
            port.ifnet.clearRunning();
            port.ifnet.startBarrier();
            port.unmap();
        });
        check(!port.overlapped, "two threads in start");
        check(!port.touchedAfterUnmap, "the ring was touched after it was unmapped");
        port.ifnet.purge();
        QueueCounters books = port.queue.counters();
        check(books.unaccounted() == 0 && books.queued() == 0, "the books do not add up");
    }

    private static void barriersAtOnce(Variant variant) {
        OneSlotPort port = new OneSlotPort(variant, 4);
        port.ifnet.clearRunning();
        together(port.ifnet::startBarrier, () -> {
            port.ifnet.restart();
            port.ifnet.startBarrier();
        });
    }

    private static void together(Runnable one, Runnable other) {
        List<Thread> threads = List.of(new Thread(one), new Thread(other));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REAL", "SEED_COUNTER"})
    @DisplayName("S1, S2, S6, S8: senders and completion in many interleavings of the real classes")
    void noFrameIsStrandedAndNobodyOverlaps(Variant variant) {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> sendAndComplete(variant));
    }

    @Test
    @DisplayName("S5: nobody touches the ring after the barrier in many interleavings of the real classes")
    void theBarrierHolds() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> sendAndGoDown(Variant.REAL));
    }

    @Test
    @DisplayName("T2, I9: two barriers at once both return")
    void twoBarriersReturn() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> barriersAtOnce(Variant.REAL));
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_SECOND_LOOK", "PLAIN_FLAG", "OACTIVE_UNCHECKED", "CLEAR_OUTSIDE", "BARRIER_ONCE"})
    @DisplayName("S9: the same programs fail with a broken variant in place")
    void brokenVariantsAreFound(Variant variant) {
        AssertionError found = assertThrows(LincheckAssertionError.class, () -> {
            if (variant == Variant.BARRIER_ONCE) {
                Lincheck.runConcurrentTest(INTERLEAVINGS, () -> sendAndGoDown(variant));
            } else {
                Lincheck.runConcurrentTest(INTERLEAVINGS, () -> sendAndComplete(variant));
            }
        });
        assertTrue(found.getMessage().contains("interleaving"), found::getMessage);
    }
}
