package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.netlink.Rtnetlink;
import org.junit.jupiter.api.Test;

/** What the receiving socket gets, what not, and what becomes of it. */
class ReceiveSideTest {
    private final Random random = new Random(5);

    @Test
    void ownFramesAreNotReceived() throws InterruptedException {
        try (RingPair pair = RingPair.ordinary();
                PacketSocket own = RingPair.open(pair.veth.right())) {
            own.vnetHeader();
            own.bindToSend(RingPair.index(pair.veth.right()));
            for (int i = 0; i < 10; i++) {
                RingPair.sendDirect(own, RingPair.frame(random, 60));
            }
            byte[] foreign = RingPair.frame(random, 70);
            pair.put(foreign);
            assertEquals(0, pair.txRing.kick());
            assertArrayEquals(foreign, pair.receive(1).getFirst());
        }
    }

    @Test
    void ownFramesAreNotReceivedByAFanoutGroupEither() throws InterruptedException {
        try (RingPair pair = RingPair.ordinary();
                PacketSocket own = RingPair.open(pair.veth.right());
                PacketSocket member = RingPair.open(pair.veth.right());
                RxRing ring = RxRing.open(member, 1 << 16, 4)) {
            own.vnetHeader();
            own.bindToSend(RingPair.index(pair.veth.right()));
            member.ignoreOutgoing();
            member.bindToReceive(RingPair.index(pair.veth.right()));
            member.joinFanout(pair.rx.openFanout());
            pair.rx.acceptIncoming();
            member.acceptIncoming();
            for (int i = 0; i < 64; i++) { // many, so that the hash would reach both
                RingPair.sendDirect(own, RingPair.frame(random, 60));
            }
            byte[] foreign = RingPair.frame(random, 70);
            pair.put(foreign);
            assertEquals(0, pair.txRing.kick());
            Await.until("a block", () -> ring.block() != 0 || pair.rxRing.block() != 0);
            List<byte[]> got = RingPair.framesOf(ring.block() != 0 ? ring : pair.rxRing);
            assertEquals(1, got.size());
            assertArrayEquals(foreign, got.getFirst());
        }
    }

    @Test
    void aRejectingSocketReceivesNothingUntilItAccepts() throws InterruptedException {
        try (RingPair pair = RingPair.ordinary()) {
            pair.rx.rejectAll();
            pair.put(RingPair.frame(random, 60));
            assertEquals(0, pair.txRing.kick());
            pair.rx.acceptIncoming(); // veth delivers within the kick's system call or soon after, so the frame may be
            // late
            byte[] second = RingPair.frame(random, 61);
            pair.put(second);
            assertEquals(0, pair.txRing.kick());
            byte[] got;
            do {
                got = pair.receive(1).getLast();
            } while (got.length != 61);
            assertArrayEquals(second, got);
        }
    }

    @Test
    void framesWithOneOfTheWordsAreReceivedWhole() throws InterruptedException {
        try (RingPair pair = RingPair.ordinary()) {
            pair.rx.accept(SocketFilter.incomingWithAny(List.of(
                    new SocketFilter.Word(0, 0x02_aa_bb_cc),
                    new SocketFilter.Word(20, 0x8000_0001),
                    new SocketFilter.Word(70, 7))));
            ByteBuffer plain = ByteBuffer.wrap(RingPair.frame(random, 80)).putInt(0, 0x02_00_00_00);
            ByteBuffer first = ByteBuffer.wrap(RingPair.frame(random, 60)).putInt(0, 0x02_aa_bb_cc);
            ByteBuffer second = ByteBuffer.wrap(RingPair.frame(random, 60))
                    .putInt(0, 0x02_00_00_00)
                    .putInt(20, 0x8000_0001);
            ByteBuffer third = ByteBuffer.wrap(RingPair.frame(random, 80))
                    .putInt(0, 0x02_00_00_00)
                    .putInt(70, 7);
            ByteBuffer tooShort = ByteBuffer.wrap(RingPair.frame(random, 60)).putInt(0, 0x02_00_00_00);
            for (ByteBuffer frame : List.of(plain, first, tooShort, second, plain, third)) {
                pair.put(frame.array());
            }
            assertEquals(0, pair.txRing.kick());
            List<byte[]> got = pair.receive(3);
            assertArrayEquals(first.array(), got.get(0));
            assertArrayEquals(second.array(), got.get(1));
            assertArrayEquals(third.array(), got.get(2));
        }
    }

    @Test
    void promiscuousEndsWithTheSocket() throws InterruptedException {
        try (RingPair pair = RingPair.ordinary();
                Rtnetlink netlink = new Rtnetlink(Libc.system())) {
            String name = pair.veth.left();
            assertEquals(0, netlink.link(name).orElseThrow().promiscuity());
            try (PacketSocket socket = RingPair.open(name)) {
                socket.promiscuous(RingPair.index(name));
                assertEquals(1, netlink.link(name).orElseThrow().promiscuity());
            }
            assertEquals(0, netlink.link(name).orElseThrow().promiscuity());
        }
    }

    @Test
    void framesThatDoNotFitInABlockAreFlagged() throws InterruptedException {
        try (RingPair pair = new RingPair(9000, 4096, 8, 64)) {
            byte[] whole = RingPair.frame(random, 3000);
            byte[] cut = RingPair.frame(random, 6000);
            for (byte[] frame : new byte[][] {whole, cut}) {
                pair.put(frame);
                assertEquals(0, pair.txRing.kick());
                pair.awaitBlock();
                long header = pair.rxRing.firstPlace();
                int captured = ReceivedFrame.capturedBytes(header);
                assertEquals(frame == cut, ReceivedFrame.isTruncated(header), captured + " of " + frame.length);
                if (frame == cut) {
                    assertTrue(ReceivedFrame.capturedBytes(header) < frame.length);
                }
                pair.giveBackCurrent();
            }
        }
    }

    @Test
    void framesThatFindNoBlockAreCounted() throws InterruptedException {
        try (RingPair pair = new RingPair(1500, 4096, 2, 128)) {
            int sent = 128;
            for (int i = 0; i < sent; i++) {
                pair.put(RingPair.frame(random, 60));
            }
            assertEquals(0, pair.txRing.kick());
            int captured = RxRing.frames(pair.awaitBlock());
            pair.rxRing.advance();
            captured += RxRing.frames(pair.awaitBlock()); // both are held now
            int inRing = captured;
            Await.until("every frame is captured or counted", () -> inRing + pair.rxRing.kernelDrops() >= sent);
            assertEquals(sent, captured + pair.rxRing.kernelDrops());
            pair.rxRing.giveBack(0);
            pair.rxRing.giveBack(1);
            pair.rxRing.advance();
            byte[] later = RingPair.frame(random, 60);
            Await.until("free slots", () -> pair.txRing.space(1) == 1);
            pair.put(later);
            assertEquals(0, pair.txRing.kick());
            assertArrayEquals(later, pair.receive(1).getFirst());
            assertEquals(sent, captured + pair.rxRing.kernelDrops(), "the counter does not start over");
        }
    }
}
