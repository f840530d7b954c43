package org.ifqd.port.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ifqd.linux.Errno;
import org.ifqd.linux.lab.FakeLibc;
import org.junit.jupiter.api.Test;

/** System calls for transmission are made at home, or when nothing is in flight. */
class HomeProcessorTest {
    /** A machine on which the thread is put where the test wants it. */
    private static final class Machine extends FakeLibc {
        private int here;
        private int gone = -1;
        private int moves;

        @Override
        public int sched_getcpu() {
            return here;
        }

        @Override
        public int sched_setaffinity(int thread, long maskBytes, MemorySegment mask) {
            int cpu = Long.numberOfTrailingZeros(mask.get(ValueLayout.JAVA_LONG, 0));
            if (cpu == gone) {
                return -Errno.EINVAL;
            }
            moves += cpu == here ? 0 : 1;
            here = cpu;
            return 0;
        }
    }

    private final Machine machine = new Machine();
    private boolean inFlight;
    private final HomeProcessor home = HomeProcessor.of(machine, 3, () -> inFlight);

    @Test
    void onlyThreadsOfTheLaneMayCall() throws InterruptedException {
        assertFalse(home.mayCall(), "not bound");
        home.bindThisThread();
        assertEquals(3, machine.here);
        assertTrue(home.mayCall());
        boolean[] stranger = {true};
        Thread other = new Thread(() -> stranger[0] = home.mayCall());
        other.start();
        other.join();
        assertFalse(stranger[0], "on the right processor, but it may be moved at any time");
    }

    @Test
    void aThreadThatWasMovedGoesHomeFirst() {
        home.bindThisThread();
        machine.here = 1;
        inFlight = true;
        assertTrue(home.mayCall(), "what is in flight went from home");
        assertEquals(3, machine.here);
    }

    @Test
    void afterAMoveInTheMiddleNothingIsSentUntilAllHasLeft() {
        home.bindThisThread();
        inFlight = true;
        assertTrue(home.mayCall());
        machine.here = 1;
        home.called();
        assertFalse(home.mayCall());
        assertEquals(3, machine.here, "at home already");
        inFlight = false;
        assertTrue(home.mayCall());
        inFlight = true;
        home.called();
        assertTrue(home.mayCall(), "nothing has moved since");
    }

    @Test
    void aMoveBetweenTwoCallsOfOneKickIsSeen() {
        home.bindThisThread();
        inFlight = true;
        machine.here = 1;
        assertFalse(home.mayCallAgain());
        inFlight = false;
        assertTrue(home.mayCallAgain());
    }

    @Test
    void aProcessorThatIsGoneIsGivenUpWhenNothingIsInFlight() {
        home.bindThisThread();
        machine.gone = 3;
        machine.here = 1;
        inFlight = true;
        assertFalse(home.mayCall());
        assertEquals(3, home.cpu());
        inFlight = false;
        assertTrue(home.mayCall());
        assertEquals(1, home.cpu());
        machine.here = 2;
        assertTrue(home.mayCall());
        assertEquals(1, machine.here, "the new home is one");
    }

    @Test
    void whereOneQueueIsAllAnyThreadMayCall() {
        HomeProcessor anywhere = HomeProcessor.anywhere();
        anywhere.bindThisThread();
        anywhere.called();
        assertTrue(anywhere.mayCall());
        assertEquals(-1, anywhere.cpu());
        assertEquals(0, machine.moves);
    }
}
