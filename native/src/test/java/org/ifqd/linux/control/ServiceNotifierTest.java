package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.ifqd.linux.Errno;
import org.junit.jupiter.api.Test;

class ServiceNotifierTest {
    private final List<String> sent = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final ServiceNotifier notifier = new ServiceNotifier(
            (unset, state) -> {
                sent.add(state);
                return 1;
            },
            OptionalLong.empty(),
            log::add);

    @Test
    void nothingIsLoadedWithoutAManager() {
        assertEquals(Optional.empty(), ServiceNotifier.open(Map.of(), log::add));
        assertEquals(Optional.empty(), ServiceNotifier.open(Map.of("NOTIFY_SOCKET", ""), log::add));
        assertEquals(List.of(), log);
    }

    @Test
    void messagesAreWhatSystemdReads() {
        notifier.ready("forwarding");
        notifier.status("1 kfps");
        notifier.alive();
        notifier.stopping();
        assertEquals(
                List.of("READY=1\nSTATUS=forwarding", "STATUS=1 kfps", "WATCHDOG=1", "STOPPING=1\nSTATUS=draining"),
                sent);
    }

    @Test
    void aReloadCarriesTheMonotonicClock() {
        long before = System.nanoTime() / 1000;
        notifier.reloading();
        String[] lines = sent.getFirst().split("\n");
        assertEquals("RELOADING=1", lines[0]);
        long usec = Long.parseLong(lines[1].replace("MONOTONIC_USEC=", ""));
        assertTrue(before <= usec && usec <= System.nanoTime() / 1000, lines[1]);
    }

    @Test
    void aManagerThatDoesNotAnswerIsReportedOnce() {
        ServiceNotifier deaf = new ServiceNotifier((unset, state) -> -Errno.ENOENT, OptionalLong.empty(), log::add);
        deaf.ready("forwarding");
        deaf.alive();
        assertEquals(List.of("sd_notify READY=1: ENOENT; the service manager's socket does not answer"), log);
    }

    @Test
    void theWatchdogIsForThisProcessOnly() {
        assertEquals(OptionalLong.of(20_000_000_000L), watchdog("20000000", "17"));
        assertEquals(OptionalLong.of(20_000_000_000L), watchdog("20000000", ""));
        assertEquals(OptionalLong.empty(), watchdog("20000000", "18"));
        assertEquals(OptionalLong.empty(), watchdog("0", "17"));
        assertEquals(OptionalLong.empty(), watchdog("soon", "17"));
        assertEquals(OptionalLong.empty(), ServiceNotifier.watchdogNs(Map.of(), 17));
    }

    private static OptionalLong watchdog(String usec, String pid) {
        return ServiceNotifier.watchdogNs(Map.of("WATCHDOG_USEC", usec, "WATCHDOG_PID", pid), 17);
    }
}
