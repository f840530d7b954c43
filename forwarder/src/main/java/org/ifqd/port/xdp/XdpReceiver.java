package org.ifqd.port.xdp;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.ifqd.frame.TapPoint;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.linux.xdp.Umem;
import org.ifqd.linux.xdp.XdpDescriptor;
import org.ifqd.linux.xdp.XdpProgram;
import org.ifqd.port.Receiver;
import org.ifqd.port.WorkerWait;
import org.ifqd.port.offload.SilentChecksum;

/**
 * One queue of an AF_XDP port. Frames are given out where they lie, each in a chunk of its own, and free chunks go into
 * the fill ring.
 *
 * <p>The kernel stamps no frame in copy mode: one reading of the clock stamps a batch.
 *
 * <p><b>Threading:</b> as {@link Receiver}. The port owns queue and wake-up.
 */
final class XdpReceiver implements Receiver {
    /** Room in the fill ring from which on chunks are put there. */
    private static final int REFILL = 64;

    /** Sleep while the memory has no chunk for frames that wait in the receive ring. */
    private static final long EMPTY_PAUSE_NS = 200_000;

    /** A descriptor that names no chunk leaves nothing to give back. */
    private static final FrameOwner NOBODY = (chunk, frames) -> {};

    private final XdpQueue queue;
    private final XdpMemory memory;
    private final XdpProgram program;
    private final WorkerWait wait;
    private final int socketPlace;
    private final RealtimeClock clock;
    private final TapPoint tap;
    private final int[] chunks;

    /** Null where the other end finishes its checksums. */
    private final SilentChecksum silent;

    /** Of the frames that came to a queue without a socket: those that came on purpose, and at the last start. */
    private long straysOnPurpose;

    private long straysBefore;

    /**
     * @param silent finds checksums that the other end has left to this one without a word (veth, tun, virtio), or null
     * @param tap is shown the frames that come in
     */
    XdpReceiver(
            XdpQueue queue,
            XdpMemory memory,
            XdpProgram program,
            SilentChecksum silent,
            WorkerWait wait,
            RealtimeClock clock,
            TapPoint tap) {
        this.queue = queue;
        this.memory = memory;
        this.program = program;
        this.silent = silent;
        this.wait = wait;
        this.socketPlace = wait.add(queue.socket().number());
        this.clock = clock;
        this.tap = tap;
        this.chunks = new int[queue.fill().size()];
    }

    @Override
    public void begin() {
        wait.begin();
    }

    @Override
    public int receive(FrameBatch batch) {
        int room = batch.capacity() - batch.count();
        int n = Math.min(queue.rx().available(), room);
        if (n > 0) {
            boolean tapped = tap.isUsed();
            long nowNs = clock.nowNs();
            for (int i = 0; i < n; i++) {
                add(batch, queue.rx().take(), nowNs, tapped);
            }
            queue.rx().release();
        }
        refill();
        return n;
    }

    private void add(FrameBatch batch, long descriptor, long nowNs, boolean tapped) {
        Umem umem = memory.umem();
        long offset = XdpDescriptor.offset(descriptor);
        int bytes = XdpDescriptor.bytes(descriptor);
        int chunk = umem.chunk(offset);
        if (chunk < 0 || !umem.isWithin(offset, bytes) || bytes == 0) {
            batch.add(umem.address(), 0, FrameBatch.UNDESCRIBED, chunk < 0 ? NOBODY : memory, chunk, nowNs);
            return;
        }
        long frame = umem.address() + offset;
        Memory.putLong(frame - Umem.HEADROOM, 0); // the vnet header, 10 bytes: nothing is known
        Memory.putLong(frame - Umem.HEADROOM + Long.BYTES, 0);
        if (silent != null) {
            silent.describe(frame, bytes);
        }
        if (tapped) {
            tap.show(frame, bytes, nowNs);
        }
        int flags = Memory.getByte(frame) & FrameBatch.MULTICAST; // the group bit is the lowest of the first byte
        batch.add(frame, bytes, flags, memory, chunk, nowNs);
    }

    /** Puts free chunks into the fill ring, as long as there are some. */
    private void refill() {
        int room = queue.fill().space();
        if (room < REFILL) {
            return;
        }
        int n = memory.take(chunks, room);
        for (int i = 0; i < n; i++) {
            queue.fill().add(memory.umem().offset(chunks[i]));
        }
        queue.fill().publish();
    }

    @Override
    public void await(int timeoutMs) {
        if (wait.await(timeoutMs)
                && (wait.events(socketPlace) & PollSet.POLLIN) != 0
                && queue.rx().available() == 0) {
            LockSupport.parkNanos(EMPTY_PAUSE_NS);
        }
    }

    @Override
    public boolean isPolling() {
        return wait.isPolling();
    }

    @Override
    public int cpu() {
        return wait.cpu();
    }

    @Override
    public void wake() {
        wait.wake();
    }

    synchronized void startReceiving() {
        program.direct(queue.number(), queue.socket());
        straysOnPurpose += program.strays() - straysBefore;
    }

    @Override
    public synchronized void stopReceiving() {
        straysBefore = program.strays();
        program.drop(queue.number());
    }

    /** The kernel holds nothing back; one for the frame that it is just writing. */
    @Override
    public int holdBackMs() {
        return 1;
    }

    /** The first queue counts frames of queues that have no socket as well, as after {@code ethtool -L}. */
    @Override
    public synchronized long kernelDrops() {
        return queue.socket().drops() + (queue.number() == 0 ? strays() : 0);
    }

    private long strays() {
        return Math.max(0, program.strays() - straysOnPurpose);
    }
}
