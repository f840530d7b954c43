package org.ifqd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import org.ifqd.linux.Memory;
import org.junit.jupiter.api.Test;

/**
 * Records come out as they went in, also across the ring's end; what does not fit is counted; nothing is half there.
 */
class TapRingTest {
    private static final int CAPACITY = 1 << 12;

    private final ByteBuffer frame = ByteBuffer.allocateDirect(1 << 16);
    private final long address = Memory.addressOf(frame);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final WritableByteChannel channel = Channels.newChannel(out);

    private void offer(TapRing ring, int bytes, long stampNs) {
        for (int i = 0; i < bytes; i++) {
            frame.put(i, (byte) (i + stampNs));
        }
        ring.frame(address, bytes, stampNs);
    }

    @Test
    void keepsWholeRecordsInOrder() throws IOException {
        Random random = new Random(11);
        TapRing ring = new TapRing(CAPACITY, null, Long.MAX_VALUE);
        int offered = 2_000;
        for (int i = 1; i <= offered; i++) {
            offer(ring, random.nextInt(14, 1_500), i);
            if (random.nextInt(3) == 0) {
                while (ring.drain(channel)) {
                    // all of it
                }
            }
        }
        while (ring.drain(channel)) {
            // the rest
        }
        assertEquals(offered, ring.taken() + ring.dropped());
        assertTrue(ring.dropped() > 0 && ring.taken() > 0, ring.taken() + " " + ring.dropped());
        assertRecords(ByteBuffer.wrap(out.toByteArray()), ring.taken());
    }

    private static void assertRecords(ByteBuffer records, long count) {
        long found = 0;
        for (long last = 0; records.hasRemaining(); found++) {
            int bytes = records.getInt();
            long stamp = records.getLong();
            assertTrue(stamp > last, stamp + " after " + last);
            last = stamp;
            for (int i = 0; i < bytes; i++) {
                assertEquals((byte) (i + stamp), records.get());
            }
        }
        assertEquals(count, found);
    }

    @Test
    void takesNoMoreThanItWasAskedFor() throws IOException {
        TapRing ring = new TapRing(CAPACITY, null, 2);
        offer(ring, 60, 1);
        assertFalse(ring.isComplete());
        offer(ring, 60, 2);
        offer(ring, 60, 3);
        assertTrue(ring.isComplete());
        assertEquals(2, ring.taken());
        assertEquals(0, ring.dropped());
    }

    @Test
    void takesNothingAfterTheEnd() {
        TapRing ring = new TapRing(CAPACITY, null, Long.MAX_VALUE);
        ring.end();
        offer(ring, 60, 1);
        assertEquals(0, ring.taken());
        assertEquals(0, ring.dropped());
    }

    /** A frame that could never fit is dropped like any other that does not. */
    @Test
    void countsAFrameLargerThanTheRing() {
        TapRing ring = new TapRing(CAPACITY, null, Long.MAX_VALUE);
        offer(ring, CAPACITY, 1);
        assertEquals(1, ring.dropped());
    }

    /** An account between the halves of a record would be taken for frames. */
    @Test
    void drainsWholeRecordsAcrossTheEndOfTheRing() throws IOException {
        TapRing ring = new TapRing(CAPACITY, null, Long.MAX_VALUE);
        for (int i = 0; i < 50; i++) {
            offer(ring, 60, i);
            offer(ring, 61, i);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertTrue(ring.drain(Channels.newChannel(out)));
            assertEquals(2 * TapRing.RECORD_HEADER_BYTES + 60 + 61, out.size());
            assertFalse(ring.drain(Channels.newChannel(out)));
        }
    }
}
