package org.ifqd.probe;

import java.nio.ByteBuffer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.VnetHeader;
import org.junit.jupiter.api.Assertions;

/**
 * A device under test that does wrong what it is told: carries frames from one interface to another, all through one
 * frame of memory, each handed to a fault that sends it on, or twice, or changed, or later, or not.
 *
 * <p><b>Owns:</b> its thread, which ends with close, and its sockets.
 */
final class FaultyLink {
    /** What to do with frame number n, from 0 on. */
    interface Fault {
        void carry(FaultyLink link, int n);
    }

    private final PacketSocket in;
    private final PacketSocket out;
    private final RxRing ring;
    private final PollSet poll;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(VnetHeader.BYTES + 2000);
    private final ByteBuffer kept = ByteBuffer.allocateDirect(VnetHeader.BYTES + 2000);
    private final Fault fault;
    private final Thread thread = Thread.ofPlatform().name("faulty-link").unstarted(this::run);
    private volatile boolean stopping;
    private volatile Throwable failure;
    private int bytes;
    private int keptBytes;
    private int count;

    private FaultyLink(ProbePort from, ProbePort to, Fault fault) {
        Libc libc = Libc.system();
        this.fault = fault;
        Link fromLink = from.link(libc);
        Link toLink = to.link(libc);
        in = from.inside(() -> PacketSocket.open(libc, from.name()));
        out = to.inside(() -> PacketSocket.open(libc, to.name()));
        ring = RxRing.open(in, 1 << 13, 2048);
        in.ignoreOutgoing();
        in.bindToReceive(fromLink.index());
        out.vnetHeader();
        out.bindToSend(toLink.index());
        poll = new PollSet(libc, 1);
        poll.add(in.number(), PollSet.POLLIN);
    }

    static FaultyLink start(String from, String to, Fault fault) {
        FaultyLink link = new FaultyLink(ProbePort.parse(from), ProbePort.parse(to), fault);
        link.thread.start();
        return link;
    }

    private void run() {
        try {
            while (!stopping) {
                long block = ring.block();
                if (block == 0) {
                    poll.await(5);
                    continue;
                }
                long header = ring.firstPlace();
                for (int left = RxRing.frames(block); left > 0; left--) {
                    take(header);
                    fault.carry(this, count++);
                    header = ring.next(header);
                }
                ring.giveBack(ring.current());
                ring.advance();
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void take(long header) {
        boolean stripped = ReceivedFrame.hasStrippedTag(header);
        bytes = ReceivedFrame.capturedBytes(header) + (stripped ? 4 : 0);
        long mac = stripped ? ReceivedFrame.restoreTag(header) : ReceivedFrame.mac(header);
        Memory.copy(mac, Memory.addressOf(memory) + VnetHeader.BYTES, bytes);
    }

    /** The number that the probe gave the frame; it has no tag. */
    int sequence() {
        return memory.getInt(VnetHeader.BYTES + ProbeFrame.ETHERNET_BYTES + ProbeFrame.SEQUENCE);
    }

    void send() {
        send(memory, bytes);
    }

    private void send(ByteBuffer from, int length) {
        long sent = out.send(Memory.addressOf(from), (long) VnetHeader.BYTES + length);
        Assertions.assertEquals(VnetHeader.BYTES + length, sent, "relay");
    }

    void keep() {
        kept.put(0, memory, 0, memory.capacity());
        keptBytes = bytes;
    }

    void sendKept() {
        send(kept, keptBytes);
    }

    void flip(int bit) {
        int at = VnetHeader.BYTES + bit / 8;
        memory.put(at, (byte) (memory.get(at) ^ 1 << bit % 8));
    }

    void cut(int shorter) {
        bytes -= shorter;
    }

    /** Takes bytes out of the frame, for example a tag. */
    void remove(int at, int length) {
        long from = Memory.addressOf(memory) + VnetHeader.BYTES + at;
        Memory.copy(from + length, from, bytes - at - length);
        bytes -= length;
    }

    void close() throws InterruptedException {
        stopping = true;
        thread.join();
        ring.close();
        in.close();
        out.close();
        if (failure != null) {
            throw new AssertionError("the relay failed", failure);
        }
    }
}
