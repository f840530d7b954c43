package org.ifqd.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FrameBatchTest {
    private final List<String> releases = new ArrayList<>();
    private final FrameOwner a = (token, frames) -> releases.add("a" + token + "x" + frames);
    private final FrameOwner b = (token, frames) -> releases.add("b" + token + "x" + frames);

    private FrameBatch batch() {
        FrameBatch batch = new FrameBatch(6);
        batch.add(100, 60, 0, a, 1);
        batch.add(200, 61, FrameBatch.MULTICAST, a, 1);
        batch.add(300, 62, FrameBatch.TRUNCATED, a, 2);
        batch.add(400, 63, FrameBatch.MULTICAST | FrameBatch.TRUNCATED, b, 2);
        batch.add(500, 64, 0, b, 2);
        return batch;
    }

    @Test
    void sumsCoverTheRangeThatWasAskedFor() {
        FrameBatch batch = batch();
        assertEquals(5, batch.count());
        assertFalse(batch.isFull());
        assertEquals(61 + 62, batch.bytes(1, 3));
        assertEquals(2, batch.multicasts(0, 5));
        assertEquals(0, batch.multicasts(2, 3), "TRUNCATED is not a multicast");
        batch.add(600, 60, 0, b, 3);
        assertTrue(batch.isFull());
        assertThrows(ArrayIndexOutOfBoundsException.class, () -> batch.add(700, 60, 0, b, 3));
    }

    @Test
    @DisplayName("I22: each frame goes back once, to its owner, one call for a run of the same owner and token")
    void releaseGroupsRunsOfOneOwnerAndToken() {
        batch().release(0, 5);
        assertEquals(List.of("a1x2", "a2x1", "b2x2"), releases);
        releases.clear();
        batch().release(1, 4);
        assertEquals(List.of("a1x1", "a2x1", "b2x1"), releases);
        releases.clear();
        batch().release(2, 2);
        assertEquals(List.of(), releases);
    }

    @Test
    void copyTakesTheWholeReference() {
        FrameBatch target = new FrameBatch(4);
        FrameBatch.copy(batch(), 2, target, 1, 2);
        target.count(3);
        assertEquals(300, target.address(1));
        assertEquals(62, target.length(1));
        assertEquals(FrameBatch.MULTICAST | FrameBatch.TRUNCATED, target.flags(2));
        target.release(1, 3);
        assertEquals(List.of("a2x1", "b2x1"), releases);
    }

    @Test
    void clearForgetsWithoutReleasing() {
        FrameBatch batch = batch();
        batch.clear();
        assertEquals(0, batch.count());
        assertEquals(List.of(), releases);
    }
}
