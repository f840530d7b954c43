package org.ifqd.port.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final int BLOCKS = 128;

    private long closed;
    private long position;
    private final Backlog backlog = new Backlog(BLOCKS, this::waits);

    private boolean waits(int block) {
        return Math.floorMod(block - position, (long) BLOCKS) < closed - position;
    }

    /** The worker leaves blocks, while the kernel closes so many of them for each. */
    private void leave(int blocks, double arriving) {
        double arrived = closed;
        for (int i = 0; i < blocks; i++) {
            position++;
            arrived = Math.min(arrived + arriving, position + BLOCKS - 1);
            closed = Math.max((long) arrived, position);
            backlog.left((int) (position % BLOCKS));
        }
    }

    private void fill() {
        closed = position + BLOCKS - 1;
    }

    @Test
    void aFullRingThatStaysFullIsOverload() {
        fill();
        leave(500, 1);
        assertTrue(backlog.isOverload());
    }

    @Test
    void aBurstThatFilledTheRingIsNot() {
        backlog.caughtUp();
        fill();
        for (int i = 0; i < BLOCKS - 2; i++) {
            leave(1, 0);
            assertFalse(backlog.isOverload());
        }
    }

    @Test
    void whenOverloadIsOverItIsSeenSoon() {
        fill();
        leave(500, 1);
        int more = 0;
        for (; backlog.isOverload(); more++) {
            leave(1, 0);
        }
        assertTrue(more <= 9, more + " blocks more");
    }

    @Test
    void halfTheLoadAfterwardsIsCatchingUp() {
        fill();
        leave(500, 1);
        leave(20, 0.5);
        assertFalse(backlog.isOverload());
    }

    @Test
    void noBacklogIsNoOverloadHoweverManyComeOneByOne() {
        closed = position + 2;
        leave(500, 1);
        assertFalse(backlog.isOverload());
    }

    @Test
    void anEmptyRingEndsIt() {
        fill();
        leave(500, 1);
        backlog.caughtUp();
        assertFalse(backlog.isOverload());
    }

    @Test
    void theSmallestRingCanBeOverloaded() {
        int[] current = {0};
        boolean[] waiting = {true};
        Backlog smallest = new Backlog(2, block -> waiting[0] && block == current[0]);
        for (int i = 0; i < 20; i++) {
            current[0] ^= 1;
            smallest.left(current[0]);
        }
        assertTrue(smallest.isOverload());
        waiting[0] = false;
        for (int i = 0; i < 8; i++) {
            current[0] ^= 1;
            smallest.left(current[0]);
        }
        assertEquals(false, smallest.isOverload());
    }
}
