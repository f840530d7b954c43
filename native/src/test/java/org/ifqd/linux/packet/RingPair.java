package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;

/** A veth pair with a transmit ring on its left end and a receive ring on its right end. */
final class RingPair implements AutoCloseable {
    static final int LARGEST = 2048;

    final VethPair veth = new VethPair();
    final PacketSocket rx;
    final RxRing rxRing;
    final PacketSocket tx;
    final TxRing txRing;

    private final PollSet poll = new PollSet(Libc.system(), 1);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(VnetHeader.BYTES + 65536);

    RingPair(int mtuBytes, int blockBytes, int blocks, int slots) throws InterruptedException {
        for (String end : List.of(veth.left(), veth.right())) {
            Shell.run("ip", "link", "set", end, "mtu", Integer.toString(mtuBytes));
        }
        veth.up();
        rx = open(veth.right());
        rxRing = RxRing.open(rx, blockBytes, blocks);
        rx.ignoreOutgoing();
        rx.bindToReceive(index(veth.right()));
        poll.add(rx.number(), PollSet.POLLIN);
        tx = open(veth.left());
        txRing = TxRing.open(tx, mtuBytes + 18, slots);
        tx.sendBuffer(64 << 20);
        tx.bindToSend(index(veth.left()));
    }

    static RingPair ordinary() throws InterruptedException {
        return new RingPair(1500, 1 << 16, 8, 128);
    }

    static PacketSocket open(String name) {
        return PacketSocket.open(Libc.system(), name);
    }

    static int index(String name) {
        return Integer.parseInt(Shell.sysfs(name, "ifindex"));
    }

    /** A frame of the experimental EtherType 0x88b5 with random content. */
    static byte[] frame(Random random, int bytes) {
        byte[] frame = new byte[bytes];
        random.nextBytes(frame);
        frame[0] = 2; // an individual, local address
        frame[6] = 2;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    /** Puts a frame with an empty vnet header into the transmit ring. */
    void put(byte[] bytes) {
        frame.asSlice(0, VnetHeader.BYTES).fill((byte) 0);
        putWithHeader(bytes);
    }

    /** Puts a frame that asks for a checksum which begins behind its end: the kernel refuses it for good. */
    void putMalformed(byte[] bytes) {
        frame.asSlice(0, VnetHeader.BYTES).fill((byte) 0);
        Memory.putByte(frame.address() + VnetHeader.FLAGS, (byte) VnetHeader.NEEDS_CSUM);
        Memory.putShort(frame.address() + VnetHeader.CSUM_START, 60000);
        putWithHeader(bytes);
    }

    private void putWithHeader(byte[] bytes) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, frame, VnetHeader.BYTES, bytes.length);
        txRing.put(frame.address() + VnetHeader.BYTES, bytes.length);
    }

    /** Sends a frame without a ring, through a socket with vnet header. */
    static void sendDirect(PacketSocket socket, byte[] bytes) {
        long sent = socket.send(bytes);
        if (sent < 0) {
            throw new AssertionError("send: " + sent);
        }
    }

    /** The next block with a frame in it that the kernel hands over; waits for it. */
    long awaitBlock() {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() - deadlineNs < 0) {
            long block = rxRing.block();
            if (block != 0 && RxRing.frames(block) > 0) {
                return block;
            }
            if (block != 0) { // before a frame that does not fit in the rest of a block, the kernel may retire an empty
                // one
                giveBackCurrent();
            }
            poll.await(10);
        }
        throw new AssertionError("no block came");
    }

    /** Returns the current block and goes on to the next. */
    void giveBackCurrent() {
        int block = rxRing.current();
        rxRing.advance();
        rxRing.giveBack(block);
    }

    /** Reads whole blocks until so many frames were read, gives each block back, tags restored. */
    List<byte[]> receive(int frames) {
        List<byte[]> all = new ArrayList<>();
        while (all.size() < frames) {
            awaitBlock();
            all.addAll(framesOf(rxRing));
            giveBackCurrent();
        }
        return all;
    }

    /** Copies of the frames of the current block of a ring, tags restored. Once for a block. */
    static List<byte[]> framesOf(RxRing rxRing) {
        List<byte[]> frames = new ArrayList<>();
        long header = rxRing.firstPlace();
        for (int i = RxRing.frames(rxRing.block()); i > 0; i--) {
            int bytes = ReceivedFrame.capturedBytes(header);
            boolean tagged = ReceivedFrame.hasStrippedTag(header);
            long mac = tagged ? ReceivedFrame.restoreTag(header) : ReceivedFrame.mac(header);
            frames.add(Memory.segment(mac, bytes + (tagged ? 4 : 0)).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
            header = rxRing.next(header);
        }
        return frames;
    }

    @Override
    public void close() {
        try (veth;
                rx;
                rxRing;
                tx;
                txRing;
                arena) {
            // in reverse order
        }
    }
}
