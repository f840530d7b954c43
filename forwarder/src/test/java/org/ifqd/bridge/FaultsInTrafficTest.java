package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.FaultyLibc;
import org.ifqd.linux.lab.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each system call that is made while frames flow, and on the way down, fails once with each error that Linux documents
 * for it: traffic goes on, every frame is in the books, and nothing stays behind. {@link
 * org.ifqd.port.packet.PacketPortSetUpTest} does the same for the way up.
 */
class FaultsInTrafficTest {
    private final FaultyLibc faults = new FaultyLibc();
    private BridgeLab lab;

    @BeforeEach
    void open() throws InterruptedException {
        lab = new BridgeLab();
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
        assertEquals(List.of(), BridgeLab.workers());
    }

    /**
     * write and read are the wake-ups of the completion thread, recv the doorbell, getsockopt the kernel's counters.
     */
    @ParameterizedTest
    @ValueSource(strings = {"sendto", "poll", "write", "read", "recv", "getsockopt"})
    void trafficGoesOn(String call) {
        try (Bridge bridge = lab.bridge(faults.libc(), BridgeLab.SMALL)) {
            bridge.start();
            for (int errno : FaultyLibc.ERRORS) {
                failOnce(bridge, call, errno);
                String what = call + " after " + Errno.name(errno);
                long arrived = lab.right.framesIn();
                Await.until("frames pass: " + what, () -> {
                    lab.left.send(BridgeLab.frame(60), 20);
                    return lab.right.framesIn() > arrived;
                });
            }
            assertEquals("", bridge.drain(5_000));
            assertBooks(bridge);
        }
    }

    private void failOnce(Bridge bridge, String call, int errno) {
        faults.failNext(call, errno);
        if (call.equals("sendto")) {
            faults.failNext(call, errno); // a kick that fails is made again, to learn why
        }
        boolean byRetry = call.equals("write") || call.equals("read");
        Await.until(faults::toString, () -> {
            if (byRetry && faults.isPending(call) && !faults.isPending("sendto")) {
                faults.failNext(
                        "sendto", Errno.ENOBUFS); // twice for one kick, and the completion thread is asked to try again
                faults.failNext("sendto", Errno.ENOBUFS);
            }
            lab.left.send(BridgeLab.frame(60), 20);
            bridge.snapshot();
            return faults.haveFailed();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"setsockopt", "getsockopt", "write", "read", "poll", "sendto", "munmap", "close"})
    void theWayDownEndsAllTheSame(String call) throws IOException {
        round(() -> {});
        long descriptors = Shell.openDescriptors();
        long mappings = mappings();
        for (int errno : FaultyLibc.ERRORS) {
            round(() -> faults.failNext(call, errno));
            assertEquals(descriptors, Shell.openDescriptors(), call + " " + Errno.name(errno));
        }
        // a mapping that the kernel refuses to unmap is the one thing that nobody can mend
        assertTrue(
                mappings() <= mappings + (call.equals("munmap") ? FaultyLibc.ERRORS.size() : 0), "mappings are left");
    }

    private void round(Runnable onTheWayDown) {
        try (Bridge bridge = lab.bridge(faults.libc(), BridgeLab.SMALL)) {
            bridge.start();
            lab.left.send(BridgeLab.frame(60), 100);
            BridgeLab.awaitReceived(bridge, 1);
            onTheWayDown.run();
            assertEquals("", bridge.drain(5_000));
            assertBooks(bridge);
        }
        assertEquals(List.of(), BridgeLab.workers());
    }

    private static void assertBooks(Bridge bridge) {
        assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
        assertEquals(0, bridge.unbooked());
        assertEquals(0, BridgeLab.sum(bridge, p -> p.queue().queued()));
    }

    private static long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("socket:["))
                .count();
    }
}
