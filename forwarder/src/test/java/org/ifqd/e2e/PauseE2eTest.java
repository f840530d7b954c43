package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * ifqd stands still for a while, as under SIGSTOP or in a virtual machine that is moved: what nobody waits for any more
 * is dropped.
 */
@Tag("e2e")
class PauseE2eTest {
    private static final int FRAMES = 200;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen");
    }

    @ParameterizedTest
    @CsvSource({"200ms, 200, 0", "0, 0, 200"})
    void framesOlderThanTheBoundAreStale(String maxAge, long stale, long sent) {
        Requires.otherThan("af_xdp", "the kernel does not say when it received a frame");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--max-age", maxAge)) {
            Stats before = ifqd.awaitQuiet();
            ifqd.process().signal("STOP");
            try (Child frames = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, FRAMES)) {
                frames.awaitSuccess();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            ifqd.process().signal("CONT");
            Await.until(
                    () -> "all frames received",
                    () -> ifqd.stats().port(Nic.d0).rxFrames()
                            >= before.port(Nic.d0).rxFrames() + FRAMES);
            Stats after = ifqd.awaitQuiet();
            Assertions.assertEquals(stale, after.port(Nic.d1).drop("stale"), after::json);
            Assertions.assertEquals(
                    sent, after.port(Nic.d1).txFrames() - before.port(Nic.d1).txFrames(), after::json);
            ifqd.terminate();
        }
    }
}
