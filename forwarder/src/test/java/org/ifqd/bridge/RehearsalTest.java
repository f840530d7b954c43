package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    @Test
    void framesGoThroughAndNothingIsLeft() throws Exception {
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.begin();
        long frames = rehearsal.frames().get(30, TimeUnit.SECONDS);
        assertTrue(frames > 12_000, frames + " frames");
        assertEquals(List.of(), BridgeLab.workers());
    }

    /** After the ports over AF_PACKET come those over AF_XDP; their future counts their own frames. */
    @Test
    void framesGoThroughXdpToo() throws Exception {
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.begin(true);
        long frames = rehearsal.frames().get(30, TimeUnit.SECONDS);
        assertTrue(frames > 12_000, frames + " frames");
        assertEquals(List.of(), BridgeLab.workers());
    }

    @Test
    void stopsBeforeItsTime() throws Exception {
        Rehearsal rehearsal = new Rehearsal();
        rehearsal.stop();
        rehearsal.begin(true);
        assertEquals(0, rehearsal.frames().get(30, TimeUnit.SECONDS));
    }
}
