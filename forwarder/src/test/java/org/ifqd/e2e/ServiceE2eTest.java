package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.NotifySocket;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon under a service manager: a socket that hears what systemd would hear. */
@Tag("e2e")
class ServiceE2eTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen");
    }

    @Test
    void tellsReadyRatesSignsOfLifeAndStopping() {
        Path path = folder.resolve("notify.sock");
        List<String> manager = List.of("env", "NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=4000000");
        try (NetLab lab = NetLab.open();
                NotifySocket socket = new NotifySocket(path);
                Ifqd ifqd = Ifqd.bridge(lab, manager, folder)) {
            await(socket, "READY=1", 1);
            String ready = socket.messages().getFirst();
            Assertions.assertTrue(ready.contains("\nSTATUS=forwarding d0 <-> d1: "), ready);
            await(socket, "WATCHDOG=1", 2); // idle, and healthy
            try (Child flood = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 20_000_000)) {
                Await.until(() -> socket.messages().toString(), () -> socket.messages().stream()
                        .anyMatch(message ->
                                message.matches("STATUS=forwarding d0 <-> d1: [1-9].* [kM]? ?frames/s, .*")));
                Assertions.assertTrue(flood.isAlive());
            }
            long signs = socket.count("WATCHDOG=1");
            await(socket, "WATCHDOG=1", signs + 2);
            ifqd.terminate();
            await(socket, "STOPPING=1", 1);
            Assertions.assertEquals(1, socket.count("READY=1"), socket.messages()::toString);
            Assertions.assertFalse(ifqd.process().err().contains("no progress"), ifqd.process()::toString);
        }
    }

    @Test
    void aManagerThatIsGoneIsOneWarning() {
        List<String> manager =
                List.of("env", "NOTIFY_SOCKET=" + folder.resolve("nobody.sock"), "WATCHDOG_USEC=2000000");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, manager, folder)) {
            ifqd.process().awaitText("sd_notify READY=1");
            ifqd.terminate();
            String err = ifqd.process().err();
            Assertions.assertEquals(
                    1, err.lines().filter(line -> line.contains("sd_notify")).count(), err);
        }
    }

    private static void await(NotifySocket socket, String start, long times) {
        Await.until(() -> start + " from " + socket.messages(), () -> socket.count(start) >= times);
    }
}
