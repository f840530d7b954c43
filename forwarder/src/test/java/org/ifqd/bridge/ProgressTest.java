package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.FaultyLibc;
import org.ifqd.watchdog.Activity;
import org.ifqd.watchdog.HungActivity;
import org.ifqd.watchdog.Progress;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Progress progress = new Progress();

    private static List<Activity> one(boolean due, long done) {
        return List.of(new Activity("receive worker rx-t0", due, done, null));
    }

    @Test
    void whatMovesIsHealthy() {
        for (int i = 0; i < 10; i++) {
            assertEquals(List.of(), progress.look(one(true, i), i * SECOND));
        }
    }

    @Test
    void whatHasNothingToDoIsHealthy() {
        for (int i = 0; i < 10; i++) {
            assertEquals(List.of(), progress.look(one(false, 7), i * SECOND));
        }
    }

    @Test
    void whatIsDueAndDoesNotMoveIsStuckAtTheSecondLook() {
        assertEquals(List.of(), progress.look(one(true, 7), 0));
        assertEquals(List.of(), progress.look(one(true, 7), 5 * SECOND));
        assertEquals(
                "[receive worker rx-t0 has made no progress for 10 s]",
                progress.look(one(true, 7), 10 * SECOND).toString());
        assertEquals(List.of(), progress.look(one(true, 8), 15 * SECOND));
        assertEquals(List.of(), progress.look(one(true, 8), 20 * SECOND));
    }

    /** A machine that stood still: one late look finds nothing moved, though nothing was stuck. */
    @Test
    void aLateLookAloneProvesNothing() {
        assertEquals(List.of(), progress.look(one(true, 7), 0));
        assertEquals(List.of(), progress.look(one(true, 7), 600 * SECOND));
        assertEquals(List.of(), progress.look(one(true, 8), 601 * SECOND));
    }

    @Test
    void whatIsGoneIsForgotten() {
        progress.look(one(true, 7), 0);
        progress.look(one(true, 7), SECOND);
        progress.look(List.of(), 2 * SECOND);
        assertEquals(List.of(), progress.look(one(true, 7), 3 * SECOND));
    }

    /** In overload one worker may be inside for long, and take what the other ones queue. */
    @Test
    void aWorkerThatServesTheOthersIsHealthy() {
        Thread worker = Thread.currentThread();
        for (int i = 0; i < 10; i++) {
            List<Activity> activities = List.of(
                    new Activity("receive worker rx-t0.1", true, 7, worker),
                    new Activity("start routine of t1", true, i, worker));
            assertEquals(List.of(), progress.look(activities, i * SECOND));
        }
    }

    @Test
    void anIdleBridgeIsHealthyWhileItsWorkersSleep() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(BridgeLab.SMALL)) {
            bridge.start();
            for (int i = 0; i < 5; i++) {
                assertEquals(List.of(), progress.look(bridge.activities(), System.nanoTime()));
                Thread.sleep(
                        300); // a woken worker has turned by then; were it not so, two looks in a row would have to
                // fail
            }
            bridge.drain(5_000);
            assertEquals(List.of(), bridge.activities());
        }
    }

    /** The kernel's transmit call does not return: as with a driver that hangs. */
    @Test
    void aDriverThatHangsInASystemCallIsNot() throws InterruptedException {
        FaultyLibc faulty = new FaultyLibc();
        CountDownLatch hang = faulty.hang("sendto");
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(faulty.libc(), BridgeLab.SMALL)) {
            bridge.start();
            lab.left.send(BridgeLab.frame(100), 1);
            StringBuilder stuck = new StringBuilder();
            Await.until("the hang is found", () -> {
                List<HungActivity> lines = progress.look(bridge.activities(), System.nanoTime());
                stuck.setLength(0);
                lines.forEach(each -> stuck.append(each).append("\n"));
                pause();
                return lines.size() >= 3;
            });
            String line = stuck.toString();
            assertTrue(line.contains("start routine of " + lab.rightCable.left() + " has made no progress"), line);
            assertTrue(line.contains("thread rx-" + lab.leftCable.right() + " is at org.ifqd."), line);
            assertTrue(line.contains("receive worker rx-" + lab.leftCable.right()), line);
            assertTrue(line.contains("send queue of " + lab.rightCable.left()), line);
            hang.countDown();
            Await.until("it moves again", () -> {
                pause();
                return progress.look(bridge.activities(), System.nanoTime()).isEmpty();
            });
            assertEquals("", bridge.drain(5_000));
            assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
            assertEquals(0, bridge.unbooked());
        }
    }

    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
}
