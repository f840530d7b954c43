package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is a loop and what is none, and what passes while there is one. */
class LoopGuardTest {
    private final Arena arena = Arena.ofConfined();
    private final List<String> said = new ArrayList<>();
    private final LoopProbe[] probe = new LoopProbe[1];
    private final LoopGuard guard = new LoopGuard(sent -> probe[0] = sent, said::add);

    @AfterEach
    void close() {
        guard.close();
        arena.close();
    }

    private FrameBatch batch(byte[] frame) {
        FrameBatch batch = new FrameBatch(1);
        batch.add(
                arena.allocateFrom(ValueLayout.JAVA_BYTE, frame).address(),
                frame.length,
                frame[0] & 1,
                (t, n) -> {},
                0);
        return batch;
    }

    private boolean isUnwanted(FrameBatch batch) {
        return (batch.flags(0) & FrameBatch.UNWANTED) != 0;
    }

    /** One frame that goes to and fro, until the guard asks by a probe. */
    private void suspect() {
        guard.start();
        byte[] frame = new byte[60];
        for (int i = 0; probe[0] == null; i++) {
            guard.inspect(batch(frame), i & 1);
            Thread.onSpinWait();
        }
    }

    @Test
    void aProbeAtTheOtherPortIsALoop() {
        suspect();
        FrameBatch back = batch(probe[0].frame(0));
        guard.markProbes(back, 1);
        assertTrue(guard.isLooped());
        assertTrue(isUnwanted(back));
        assertEquals(1, said.size());
    }

    @Test
    void aProbeWhereItLeftIsAReflector() {
        suspect();
        for (int port = 0; port < 2; port++) {
            FrameBatch back = batch(probe[0].frame(port));
            guard.markProbes(back, port);
            assertFalse(guard.isLooped());
            assertTrue(isUnwanted(back), "it is ours all the same");
        }
    }

    /** Who hears one port's probes cannot make one of the other port's. */
    @Test
    void aForgedProbeIsNone() {
        suspect();
        byte[] forged = probe[0].frame(0);
        forged[11] ^= 1;
        guard.markProbes(batch(forged), 0);
        assertFalse(guard.isLooped());
    }

    @Test
    void spanningTreePassesAStoppedPairButNotAStorm() {
        suspect();
        for (String destination : new String[] {"0180c2000000", "0180c2000008", "01000ccccccd"}) {
            assertTrue(passed(destination, 1) == 1, destination);
        }
        for (String destination : new String[] {"0180c2000002", "01000ccccccc", "ffffffffffff", "020000000001"}) {
            assertEquals(0, passed(destination, 1), destination);
        }
        assertTrue(passed("0180c2000000", 100_000) < 10_000);
    }

    private int passed(String destination, int frames) {
        byte[] frame = new byte[60];
        System.arraycopy(HexFormat.of().parseHex(destination), 0, frame, 0, 6);
        int passed = 0;
        for (int i = 0; i < frames; i++) {
            FrameBatch batch = batch(frame);
            guard.markStopped(batch, 1);
            passed += isUnwanted(batch) ? 0 : 1;
        }
        return passed;
    }
}
