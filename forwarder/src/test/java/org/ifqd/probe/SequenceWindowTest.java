package org.ifqd.probe;

import static org.ifqd.probe.SequenceWindow.Arrival.DUPLICATE;
import static org.ifqd.probe.SequenceWindow.Arrival.IN_ORDER;
import static org.ifqd.probe.SequenceWindow.Arrival.REORDERED;
import static org.ifqd.probe.SequenceWindow.Arrival.TOO_OLD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.ifqd.probe.SequenceWindow.Arrival;
import org.junit.jupiter.api.Test;

class SequenceWindowTest {
    private final SequenceWindow window = new SequenceWindow(2, 64);

    private void arrive(int flow, int sequence, Arrival expected) {
        assertEquals(expected, window.arrive(flow, sequence), "flow " + flow + " number " + sequence);
    }

    @Test
    void swapIsOneReorderedFrame() {
        arrive(0, 1, IN_ORDER);
        arrive(0, 0, REORDERED);
        arrive(0, 2, IN_ORDER);
        arrive(0, 0, DUPLICATE);
        arrive(0, 2, DUPLICATE);
        assertEquals(3, window.numbered());
    }

    @Test
    void flowsDoNotMeet() {
        arrive(0, 5, IN_ORDER);
        arrive(1, 3, IN_ORDER);
        arrive(1, 5, IN_ORDER);
        arrive(0, 3, REORDERED);
        arrive(1, 3, DUPLICATE);
        assertEquals(12, window.numbered());
    }

    @Test
    void whatIsBehindTheWindowIsNotGuessed() {
        arrive(0, 0, IN_ORDER);
        arrive(0, 64, IN_ORDER);
        arrive(0, 0, TOO_OLD);
        arrive(0, 1, REORDERED);
        arrive(0, 1000, IN_ORDER);
        arrive(0, 936, TOO_OLD);
        arrive(0, 937, REORDERED);
        arrive(0, 999, REORDERED);
    }

    @Test
    void numbersWrap() {
        SequenceWindow wide = new SequenceWindow(1, 64);
        for (long n = 0; n < 1L << 33; n += 1 << 30) {
            assertEquals(IN_ORDER, wide.arrive(0, (int) n));
        }
        assertEquals(DUPLICATE, wide.arrive(0, (int) ((1L << 33) - (1 << 30))));
        assertEquals((1L << 33) - (1 << 30) + 1, wide.numbered());
    }

    @Test
    void firstNumberBeforeTheBeginningIsTooOld() {
        arrive(0, -1, TOO_OLD);
        assertEquals(0, window.numbered());
    }

    /** Against a set that forgets nothing, with numbers that stay near the highest. */
    @Test
    void agreesWithASet() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SequenceWindow tested = new SequenceWindow(1, 128);
        Set<Integer> seen = new HashSet<>();
        int highest = -1;
        for (int i = 0; i < 20_000; i++) {
            int number = Math.max(0, highest + random.nextInt(-127, random.nextInt(100) == 0 ? 300 : 10));
            Arrival expected = number > highest ? IN_ORDER : seen.contains(number) ? DUPLICATE : REORDERED;
            highest = Math.max(highest, number);
            seen.add(number);
            assertEquals(expected, tested.arrive(0, number), "seed " + seed);
        }
    }
}
