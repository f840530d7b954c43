package org.ifqd.watchdog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Test;

/** When the watchdog bites and, above all, when it does not; time is the test's. */
class WatchdogTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LIMIT = 15 * SECOND;

    private final List<String> bites = new ArrayList<>();
    private final Thread worker = Thread.currentThread();
    private boolean due = true;
    private long done;
    private long now;
    private Watchdog dog = dog(LIMIT, OptionalLong.empty());

    private Watchdog dog(long limitNs, OptionalLong managerNs) {
        Watchdog made = new Watchdog(
                () -> List.of(new Activity("start routine of t1", due, done, worker)), limitNs, managerNs, bites::add);
        made.debugger = () -> false;
        made.kernel = thread -> new KernelThread('D', 100, "packet_snd");
        return made;
    }

    /** Looks at the usual intervals, for so long. */
    private void look(long forNs) {
        for (long end = now + forNs; now < end; now += Watchdog.PERIOD_NS) {
            dog.look(now);
        }
    }

    @Test
    void saysWhereAndBites() {
        look(LIMIT / 2);
        assertEquals(List.of(), dog.stuck());
        look(2 * SECOND);
        assertEquals(1, dog.stuck().size(), "a service manager gets no sign any more");
        assertEquals(List.of(), bites);
        look(LIMIT / 2);
        String bite = bites.getFirst();
        assertTrue(
                bite.startsWith("watchdog: start routine of t1 has made no progress for 15 s: thread "
                        + worker.getName() + " is at org.ifqd."),
                bite);
        assertTrue(bite.contains("; stack of " + worker.getName() + " (state D in packet_snd): org.ifqd."), bite);
        assertTrue(bite.contains("WatchdogTest.look(WatchdogTest.java:"), bite);
        assertEquals(1, bite.lines().count());
    }

    @Test
    void whatMovesAgainInTimeIsForgotten() {
        for (int i = 0; i < 5; i++) {
            look(LIMIT - 2 * SECOND);
            done++;
            look(SECOND);
            assertEquals(List.of(), dog.stuck());
        }
        assertEquals(List.of(), bites);
    }

    @Test
    void whatHasNothingToDoMayRest() {
        due = false;
        look(10 * LIMIT);
        assertEquals(List.of(), dog.stuck());
        assertEquals(List.of(), bites);
    }

    /** SIGSTOP and SIGCONT, a paused virtual machine: the clock went on, and nobody could do anything. */
    @Test
    void aProcessThatStoodStillIsNotBitten() {
        look(2 * SECOND);
        for (int i = 0; i < 5; i++) {
            now += 600 * SECOND;
            look(Watchdog.PERIOD_NS);
        }
        assertEquals(List.of(), dog.stuck());
        done++;
        look(SECOND);
        assertEquals(List.of(), bites);
    }

    @Test
    void aThreadThatGetsNoProcessorIsNotBitten() {
        dog.kernel = thread -> new KernelThread('R', 100, "");
        look(3 * LIMIT);
        assertEquals(List.of(), bites);
        assertFalse(dog.stuck().isEmpty(), "but it is said");
        long[] ticks = {0};
        dog.kernel = thread -> new KernelThread('R', ticks[0]++, ""); // it spins in the kernel
        look(2 * SECOND);
        assertFalse(bites.isEmpty());
    }

    @Test
    void aProcessThatIsDebuggedIsNotBitten() {
        dog.debugger = () -> true;
        look(3 * LIMIT);
        assertEquals(List.of(), bites);
        dog.debugger = () -> false;
        look(SECOND);
        assertFalse(bites.isEmpty());
    }

    @Test
    void withoutALimitItWarnsOnlyUntilAStopBegins() {
        dog = dog(0, OptionalLong.empty());
        look(10 * LIMIT);
        assertEquals(List.of(), bites);
        assertFalse(dog.stuck().isEmpty());
        dog.stopping();
        look(SECOND);
        assertFalse(bites.isEmpty(), "a stop has to end");
    }

    @Test
    void aServiceManagerOfLittlePatienceIsToldEarlier() {
        dog = dog(LIMIT, OptionalLong.of(4 * SECOND));
        look(3 * SECOND);
        assertFalse(dog.stuck().isEmpty());
        assertEquals(List.of(), bites);
    }

    @Test
    void aReloadChangesTheLimit() {
        dog.limit(3 * SECOND);
        look(4 * SECOND);
        assertFalse(bites.isEmpty());
    }

    @Test
    void theKernelKnowsAThreadByItsName() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread sleeper = Thread.ofPlatform().name("watchdog-test-sleeper").start(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            Await.until("asleep", () -> KernelThread.of(sleeper)
                    .filter(seen -> seen.state() == 'S')
                    .isPresent());
        } finally {
            end.countDown();
            sleeper.join();
        }
        Await.until("gone, a little later than the join", () -> KernelThread.of(sleeper)
                .isEmpty());
    }

    @Test
    void nobodyDebugsThisTest() {
        assertFalse(Debugger.isAttached());
    }
}
