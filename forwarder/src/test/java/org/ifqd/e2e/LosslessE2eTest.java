package org.ifqd.e2e;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A million numbered 64-byte frames at a rate that ifqd can hold on any machine: none lost, none twice, all in order.
 */
@Tag("e2e")
class LosslessE2eTest {
    private static final int FRAMES = 1_000_000;
    private static final int FRAMES_PER_SECOND = 100_000;
    private static final int CAPTURED_BYTES = 64;

    /** Room for every frame of the test, so that the witness loses none even if it is not scheduled at all. */
    private static final int BUFFER_KIB = 256 << 10;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "tcpdump");
    }

    /** Also with two workers: the frames are one flow, so they stay in order. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void aMillionFramesInOrder(String workers) {
        if (!workers.equals("1")) {
            Requires.otherThan("af_xdp", "the lab's interfaces have one queue, so one worker");
        }
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--workers", workers, "--rx-ring", Ifqd.ROOMY_RING);
                Capture witness = Capture.start(lab, Nic.s0, folder, BUFFER_KIB, "-s", "" + CAPTURED_BYTES);
                Child trafgen = Trafgen.paced(lab, Nic.g0, Trafgen.NUMBERED_FRAME, FRAMES, FRAMES_PER_SECOND)) {
            trafgen.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();

            Assertions.assertEquals(FRAMES, lab.counters(Nic.g0).txFrames(), "frames that reached d0");
            Assertions.assertEquals(FRAMES, stats.port(Nic.d0).rxFrames(), stats::json);
            Assertions.assertEquals(FRAMES, stats.port(Nic.d1).txFrames(), stats::json);
            Assertions.assertEquals(FRAMES, lab.counters(Nic.s0).rxFrames(), stats::json);
            assertInOrder(witness);
            ifqd.terminate();
        }
    }

    private static void assertInOrder(Capture witness) {
        int[] next = {0};
        witness.forEach(FRAMES, frame -> {
            Assertions.assertEquals(
                    next[0], ByteBuffer.wrap(frame).getInt(Trafgen.NUMBER_OFFSET), "number of the frame");
            next[0]++;
        });
        Assertions.assertEquals(FRAMES, next[0], "frames seen by tcpdump");
    }
}
