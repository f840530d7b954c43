package org.ifqd.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.ifqd.bridge.PortSnapshot;
import org.ifqd.linux.control.ServiceNotifier;
import org.ifqd.linux.lab.Await;
import org.ifqd.watchdog.Activity;
import org.junit.jupiter.api.Test;

class SupervisionTest {
    private static final OptionalLong WATCHDOG = OptionalLong.of(TimeUnit.MILLISECONDS.toNanos(200));

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private volatile boolean moves = true;

    private final Supervised supervised = new Supervised() {
        @Override
        public String name() {
            return "t0 <-> t1";
        }

        @Override
        public List<PortSnapshot> snapshot() {
            return List.of();
        }

        @Override
        public List<Activity> activities() {
            return List.of();
        }
    };

    private volatile boolean fails;

    private List<String> stalls() {
        if (fails) {
            fails = false;
            throw new OutOfMemoryError("of the test");
        }
        return moves ? List.of() : List.of("receive worker rx-t0 has made no progress for 8 s");
    }

    private Supervision open() {
        return Supervision.of(
                new ServiceNotifier(
                        (unset, state) -> {
                            sent.add(state);
                            return 1;
                        },
                        WATCHDOG,
                        line -> {}),
                supervised,
                this::stalls);
    }

    private long signs() {
        return sent.stream().filter("WATCHDOG=1"::equals).count();
    }

    @Test
    void anErrorIsNotTheEndOfTheSigns() {
        try (Supervision supervision = open()) {
            supervision.ready();
            fails = true;
            Await.until("the error", () -> !fails);
            long before = signs();
            Await.until("signs of life", () -> signs() >= before + 2);
        }
    }

    @Test
    void aServiceFromReadyToStopping() {
        try (Supervision supervision = open()) {
            assertEquals(List.of(), sent);
            supervision.ready();
            assertEquals("READY=1\nSTATUS=forwarding t0 <-> t1: 0 frames sent, 0 dropped", sent.getFirst());
            Await.until("signs of life", () -> signs() >= 3);
            supervision.reloading();
            supervision.ready();
            supervision.stopping();
            supervision.stopping();
            supervision.ready();
        }
        List<String> states = sent.stream()
                .map(m -> m.lines().findFirst().orElse(""))
                .filter(m -> !m.equals("WATCHDOG=1"))
                .toList();
        assertEquals(List.of("READY=1", "RELOADING=1", "READY=1", "STOPPING=1"), states);
    }

    @Test
    void noSignToTheWatchdogWhileNothingMoves() throws InterruptedException {
        try (Supervision supervision = open()) {
            supervision.ready();
            Await.until("signs of life", () -> signs() >= 2);
            moves = false;
            long looks = 0;
            long before;
            do { // until the signs have ended, however late the thread runs
                before = signs();
                Thread.sleep(400);
                assertTrue(++looks < 50, "signs go on");
            } while (signs() != before);
            moves = true;
            long atStop = before;
            Await.until("signs of life again", () -> signs() > atStop);
            assertEquals(0, sent.stream().filter(m -> m.startsWith("STOPPING")).count());
        }
    }

    @Test
    void withoutAManagerNothingHappens() {
        try (Supervision supervision = Supervision.of(null, supervised, this::stalls)) {
            supervision.ready();
            supervision.reloading();
            supervision.stopping();
        }
        assertEquals(List.of(), sent);
    }

    @Test
    void givesFourSignsWithinTheManagersTime() {
        assertEquals(5_000_000_000L, Supervision.periodNs(OptionalLong.empty()));
        assertEquals(5_000_000_000L, Supervision.periodNs(OptionalLong.of(60_000_000_000L)));
        assertEquals(500_000_000L, Supervision.periodNs(OptionalLong.of(2_000_000_000L)));
    }
}
