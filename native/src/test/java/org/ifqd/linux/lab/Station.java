package org.ifqd.linux.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Consumer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.TxRing;
import org.ifqd.linux.packet.VnetHeader;

/**
 * A host on the wire: sends and receives raw frames on one interface, through rings.
 *
 * <p><b>Threading:</b> one thread sends, one receives.
 */
public final class Station implements AutoCloseable {
    private static final int LARGEST = 1518;

    private final String name;
    private final PacketSocket tx;
    private final TxRing txRing;
    private final PacketSocket rx;
    private final RxRing rxRing;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment frame = arena.allocate(VnetHeader.BYTES + LARGEST, 2);

    public Station(String name) {
        this.name = name;
        tx = PacketSocket.open(Libc.system(), name);
        txRing = TxRing.open(tx, LARGEST, 256);
        tx.bypassQdisc();
        tx.sendBuffer(16 << 20);
        tx.bindToSend(index());
        rx = PacketSocket.open(Libc.system(), name);
        rx.rejectAll();
        rxRing = RxRing.open(rx, 1 << 18, 16);
        rx.ignoreOutgoing();
        rx.bindToReceive(index());
    }

    private int index() {
        return Integer.parseInt(Shell.sysfs(name, "ifindex"));
    }

    /** From now on frames are kept for {@link #receive}; before, none is. */
    public void listen() {
        rx.acceptIncoming();
    }

    /** Frames that came in at the interface so far, whether kept or not. */
    public long framesIn() {
        return Long.parseLong(Shell.sysfs(name, "statistics/rx_packets"));
    }

    /** Sends a frame so many times; returns when the kernel has taken all. */
    public void send(byte[] bytes, int times) {
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, frame, VnetHeader.BYTES, bytes.length);
        int left = times;
        while (left > 0) {
            Await.until("a free slot at " + name, () -> txRing.space(1) == 1);
            int n = txRing.space(Math.min(left, 64));
            for (int i = 0; i < n; i++) {
                txRing.put(frame.address() + VnetHeader.BYTES, bytes.length);
            }
            Await.until("the kernel takes what " + name + " sends", () -> {
                txRing.kick();
                return txRing.pending() == 0;
            });
            left -= n;
        }
    }

    /** Sends frames, at most 64, by one call; returns when the kernel has taken all. */
    public void send(List<byte[]> frames) {
        Await.until("free slots at " + name, () -> txRing.space(frames.size()) == frames.size());
        for (byte[] each : frames) {
            MemorySegment.copy(MemorySegment.ofArray(each), 0, frame, VnetHeader.BYTES, each.length);
            txRing.put(frame.address() + VnetHeader.BYTES, each.length);
        }
        Await.until("the kernel takes what " + name + " sends", () -> {
            txRing.kick();
            return txRing.pending() == 0;
        });
    }

    /** Hands over every frame that has been received, tags restored; does not wait. */
    public void receive(Consumer<byte[]> frames) {
        for (long block; (block = rxRing.block()) != 0; ) {
            long header = rxRing.firstPlace();
            for (int i = RxRing.frames(block); i > 0; i--) {
                boolean tagged = ReceivedFrame.hasStrippedTag(header);
                int bytes = ReceivedFrame.capturedBytes(header) + (tagged ? 4 : 0);
                long mac = tagged ? ReceivedFrame.restoreTag(header) : ReceivedFrame.mac(header);
                frames.accept(Memory.segment(mac, bytes).toArray(ValueLayout.JAVA_BYTE));
                header = rxRing.next(header);
            }
            int number = rxRing.current();
            rxRing.advance();
            rxRing.giveBack(number);
        }
    }

    /** Frames that found no room in the receive ring. */
    public long missed() {
        return rxRing.kernelDrops();
    }

    @Override
    public void close() {
        txRing.close();
        tx.close();
        rxRing.close();
        rx.close();
        arena.close();
    }
}
