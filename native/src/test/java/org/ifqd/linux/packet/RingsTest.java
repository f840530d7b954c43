package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transmit ring to receive ring over a veth pair. */
class RingsTest {
    private final Random random = new Random(20151123);
    private RingPair pair;

    @BeforeEach
    void open() throws InterruptedException {
        pair = RingPair.ordinary();
    }

    @AfterEach
    void close() {
        if (pair != null) {
            pair.close();
        }
    }

    private void kickAll() {
        assertEquals(0, pair.txRing.kick());
        assertEquals(0, pair.txRing.pending());
    }

    @Test
    void framesOfAllLengthsArriveByteForByte() {
        List<byte[]> sent = new ArrayList<>();
        for (int bytes = 60; bytes <= 1514; bytes++) {
            sent.add(RingPair.frame(random, bytes));
        }
        List<byte[]> received = sendAndReceive(sent, 32);
        assertFrames(sent, received);
        assertEquals(0, pair.rxRing.kernelDrops());
    }

    @Test
    void manyLapsAroundTheTransmitRingKeepTheOrder() {
        List<byte[]> sent = new ArrayList<>();
        int laps = 4;
        for (int i = 0; i < laps * pair.txRing.slots() + 7; i++) {
            sent.add(RingPair.frame(random, 60));
        }
        assertFrames(sent, sendAndReceive(sent, 5)); // not a divisor of the slots: batches cross the end
        assertEquals(sent.size(), pair.txRing.nextSlot());
    }

    private List<byte[]> sendAndReceive(List<byte[]> frames, int batch) {
        List<byte[]> received = new ArrayList<>();
        int sent = 0;
        while (sent < frames.size()) {
            Await.until("a free slot", () -> pair.txRing.space(1) == 1);
            int n = Math.min(pair.txRing.space(batch), frames.size() - sent);
            long bytes = 0;
            for (byte[] frame : frames.subList(sent, sent + n)) {
                pair.put(frame);
                bytes += frame.length;
            }
            kickAll();
            assertEquals(n, pair.txRing.takenFrames());
            assertEquals(bytes, pair.txRing.takenBytes());
            sent += n;
            received.addAll(pair.receive(n));
        }
        return received;
    }

    private static void assertFrames(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "frame " + i);
        }
    }

    @Test
    void spaceCountsUpToTheFirstSlotThatIsNotFree() {
        int slots = pair.txRing.slots();
        assertEquals(slots, pair.txRing.space(Integer.MAX_VALUE));
        for (int i = 0; i < slots; i++) {
            assertEquals(slots - i, pair.txRing.space(Integer.MAX_VALUE));
            pair.put(RingPair.frame(random, 60));
        }
        assertEquals(0, pair.txRing.space(1));
        assertFalse(pair.txRing.isFree(pair.txRing.nextSlot()));
        kickAll();
        assertEquals(slots, pair.txRing.takenFrames());
        long next = pair.txRing.nextSlot();
        Await.until("the slots come back", () -> pair.txRing.space(slots) == slots);
        assertTrue(pair.txRing.isFree(next));
        assertEquals(slots, pair.receive(slots).size());
    }

    @Test
    void anEmptyKickTakesNothing() {
        assertEquals(0, pair.txRing.kick());
        assertEquals(0, pair.txRing.takenFrames());
    }

    @Test
    void discardedFramesAreNeverSent() {
        for (int i = 0; i < 10; i++) {
            pair.put(RingPair.frame(random, 60));
        }
        pair.txRing.discardPending();
        assertEquals(0, pair.txRing.pending());
        byte[] only = RingPair.frame(random, 61);
        pair.put(only);
        kickAll();
        assertFrames(List.of(only), pair.receive(1));
    }

    @Test
    void blocksMayGoBackInAnyOrder() {
        int laps = 3;
        for (int lap = 0; lap < laps; lap++) {
            List<Integer> held = new ArrayList<>();
            for (int i = 0; i < pair.rxRing.blocks() - 1; i++) {
                byte[] frame = RingPair.frame(random, 100 + i);
                pair.put(frame);
                kickAll();
                pair.awaitBlock();
                assertFrames(List.of(frame), RingPair.framesOf(pair.rxRing));
                held.add(pair.rxRing.current());
                pair.rxRing.advance();
            }
            java.util.Collections.shuffle(held, random);
            held.forEach(pair.rxRing::giveBack);
        }
        assertEquals(0, pair.rxRing.kernelDrops());
    }

    @Test
    void aFrameThatTheKernelRefusesIsTakenOutAndTheOthersArriveOnce() {
        for (int bad : new int[] {0, 3, 9}) {
            List<byte[]> good = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                byte[] frame = RingPair.frame(random, 60 + i);
                if (i == bad) {
                    pair.putMalformed(frame);
                } else {
                    good.add(frame);
                    pair.put(frame);
                }
            }
            assertEquals(22, pair.txRing.kick(), "EINVAL");
            assertEquals(bad, pair.txRing.takenFrames());
            assertTrue(pair.txRing.isRefused());
            pair.txRing.removeFirst();
            assertFalse(pair.txRing.isRefused());
            kickAll();
            assertEquals(9 - bad, pair.txRing.takenFrames());
            assertFrames(good, pair.receive(9));
        }
    }

    @Test
    void refusedFramesAreFoundAcrossTheEndOfTheRing() {
        List<byte[]> good = new ArrayList<>();
        for (int i = 0; i < pair.txRing.slots() - 3; i++) {
            pair.put(RingPair.frame(random, 60));
        }
        kickAll();
        pair.receive(pair.txRing.slots() - 3);
        Await.until("the slots come back", () -> pair.txRing.space(20) == 20);
        for (int i = 0; i < 20; i++) {
            byte[] frame = RingPair.frame(random, 60);
            if (i % 3 == 2) {
                pair.putMalformed(frame);
            } else {
                good.add(frame);
                pair.put(frame);
            }
        }
        int refused = 0;
        for (int errno = pair.txRing.kick(); errno != 0; errno = pair.txRing.kick()) {
            assertTrue(pair.txRing.isRefused(), "errno " + errno);
            pair.txRing.removeFirst();
            refused++;
        }
        assertEquals(6, refused);
        assertEquals(0, pair.txRing.pending());
        assertFrames(good, pair.receive(14));
    }
}
