package org.ifqd.port.pcap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.KernelLock;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.port.Congestion;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A kernel that refuses: what has a cure stays at the head of the queue, in order; what has none is dropped and
 * counted.
 */
class PcapTransmitterTest {
    private static final int SMALL = 60;
    private static final int HEADERS = 54;
    private static final int GSO_BYTES = 1_400;
    private static final int PAYLOAD = 3_000;

    private final KernelLock lock = new KernelLock();
    private final SendQueue queue = new SendQueue(64);
    private final List<Integer> sentLengths = new ArrayList<>();
    private final List<Byte> sentMarks = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private int released;

    /** What the kernel answers to the next sends; then 0. */
    private final Deque<Integer> answers = new ArrayDeque<>();

    private final PcapTransmitter transmitter =
            new PcapTransmitter(this::send, new Congestion(pauses::add), new TransmitLatency(Libc.system(), 1));
    private final Ifnet ifnet = Ifnet.locked(
            "p0",
            queue,
            new TaskListSerializer("p0", new TaskListSerializer.Monitor() {
                @Override
                public void taskFailed(String name, Throwable cause) {
                    complaints.add(cause.toString());
                }

                @Override
                public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
                    complaints.add("stuck");
                }
            }),
            lock,
            transmitter);

    private int send(long frame, int bytes) {
        assertTrue(lock.isHeld(), "a handle is used without the kernel lock");
        int errno = answers.isEmpty() ? 0 : answers.poll();
        if (errno == 0) {
            sentLengths.add(bytes);
            sentMarks.add(Memory.getByte(frame + bytes - 1));
        }
        return -errno;
    }

    @AfterEach
    void booksAndMemory() {
        QueueCounters counters = queue.counters();
        assertEquals(0, counters.unaccounted());
        assertEquals(counters.received() - counters.queued(), released, "released once each");
        assertEquals(List.of(), complaints);
    }

    private ByteBuffer room(int bytes) {
        ByteBuffer room = ByteBuffer.allocateDirect(VnetHeader.BYTES + bytes).order(ByteOrder.nativeOrder());
        memory.add(room);
        return room;
    }

    private void enqueue(ByteBuffer room) {
        FrameBatch batch = new FrameBatch(1);
        batch.add(
                Memory.addressOf(room) + VnetHeader.BYTES,
                room.capacity() - VnetHeader.BYTES,
                0,
                (t, n) -> released += n,
                0);
        ifnet.enqueue(batch);
    }

    private void enqueueSmall(int mark) {
        ByteBuffer room = room(SMALL);
        room.put(room.capacity() - 1, (byte) mark);
        enqueue(room);
    }

    /** IPv4 and TCP, to be cut into 1400, 1400 and 200 bytes. */
    private void enqueueSuperframe() {
        ByteBuffer room = room(HEADERS + PAYLOAD);
        room.put((byte) 1).put((byte) VnetHeader.GSO_TCPV4); // needs a checksum
        room.putShort((short) HEADERS)
                .putShort((short) GSO_BYTES)
                .putShort((short) 34)
                .putShort((short) 16);
        int frame = VnetHeader.BYTES;
        room.order(ByteOrder.BIG_ENDIAN);
        room.putShort(frame + 12, (short) 0x0800).put(frame + 14, (byte) 0x45);
        room.putShort(frame + 16, (short) (HEADERS - 14 + PAYLOAD)).put(frame + 23, (byte) 6);
        room.put(frame + 46, (byte) 0x50);
        room.clear();
        enqueue(room);
    }

    @Test
    void whatIsRefusedForWantOfABufferStaysAtTheHead() {
        ifnet.up();
        enqueueSmall(1);
        answers.addAll(List.of(Errno.ENOBUFS, 0, Errno.EAGAIN));
        enqueueSmall(2);
        assertTrue(queue.isOactive());
        enqueueSmall(3);
        enqueueSmall(4);
        assertEquals(List.of((byte) 1), sentMarks);
        assertEquals(3, queue.length());
        ifnet.restart(); // sends 2, is refused 3
        assertTrue(queue.isOactive());
        ifnet.restart();
        assertFalse(queue.isOactive());
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 3, (byte) 4), sentMarks);
        assertEquals(2, pauses.size());
    }

    @Test
    void whatCanNeverBeSentIsDropped() {
        ifnet.up();
        answers.addAll(List.of(Errno.EMSGSIZE, Errno.EINVAL, 0));
        enqueueSmall(1);
        enqueueSmall(2);
        enqueueSmall(3);
        assertEquals(List.of((byte) 3), sentMarks);
        assertEquals(1, queue.counters().dropped(DropReason.TOO_BIG));
        assertEquals(1, queue.counters().dropped(DropReason.REFUSED));
    }

    /** libpcap cannot: the frame of another backend is cut here, and goes on with the very segment that was refused. */
    @Test
    void aSuperframeGoesOnWhereItWasRefused() {
        ifnet.up();
        answers.addAll(List.of(0, Errno.ENOBUFS));
        enqueueSuperframe();
        enqueueSmall(9);
        assertEquals(List.of(HEADERS + GSO_BYTES), sentLengths);
        ifnet.restart();
        assertEquals(
                List.of(HEADERS + GSO_BYTES, HEADERS + GSO_BYTES, HEADERS + PAYLOAD - 2 * GSO_BYTES, SMALL),
                sentLengths);
        assertEquals(1, transmitter.offloads().segmented());
        assertEquals(2, queue.counters().sent());
        assertEquals(3 * HEADERS + PAYLOAD + SMALL, queue.counters().sentBytes());
    }

    @Test
    void aSuperframeThatIsHalfSentIsPurgedWithTheQueue() {
        ifnet.up();
        answers.addAll(List.of(0, Errno.ENOBUFS));
        enqueueSuperframe();
        enqueueSmall(9);
        ifnet.clearRunning();
        transmitter.forgetSegments();
        assertEquals(2, ifnet.purge());
        assertArrayEquals(new long[] {2, 0, 2}, new long[] {
            queue.counters().received(),
            queue.counters().sent(),
            queue.counters().dropped(DropReason.PURGED)
        });
    }
}
