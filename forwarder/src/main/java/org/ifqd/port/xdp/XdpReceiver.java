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
import org.ifqd.port.WaitingReceiver;
import org.ifqd.port.WorkerWait;
import org.ifqd.port.offload.SilentChecksum;

/**
 * One queue of an AF_XDP port. Frames are given out where they lie, each in a chunk of its own, and free chunks go into
 * the fill ring.
 *
 * <p>The kernel stamps no frame: one reading of the clock stamps a batch.
 *
 * <p><b>Threading:</b> as {@link Receiver}. The port owns queue and wake-up.
 */
final class XdpReceiver extends WaitingReceiver {
    /** Room in the fill ring from which on chunks are put there. */
    private static final int REFILL = 64;

    /** Sleep while the memory has no chunk for frames that wait in the receive ring. */
    private static final long EMPTY_PAUSE_NS = 200_000;

    /** A descriptor that names no chunk leaves nothing to give back. */
    private static final FrameOwner NOBODY = (chunk, frames) -> {};

    private static final int CACHE_LINE = 64;

    /** The longest sleep while the fill ring is short of chunks, milliseconds. */
    private static final int STARVED_MS = 1;

    /**
     * Frames that the kernel gets chunks for in overload: more would wait, be dropped all the same, and push each other
     * out of the processor's cache.
     */
    private static final int OVERLOAD_FRAMES = 512;

    /** A look that finds fewer frames found no backlog. */
    private static final int BACKLOG = 128;

    /** It is overload when so many times the ring's frames have come in, and each look found a backlog. */
    private static final int OVERLOAD_RINGS = 8;

    private final XdpQueue queue;
    private final XdpMemory memory;
    private final XdpProgram program;
    private final int socketPlace;
    private final RealtimeClock clock;
    private final TapPoint tap;
    private final int[] chunks;

    /** Null where the other end finishes its checksums. */
    private final SilentChecksum silent;

    /** So that the loads are not left out; means nothing. */
    private int touched;

    /** Frames since the last look without a backlog, up to those of an overload. Worker only. */
    private int undrained;

    private final int overload;

    /** The fill ring is short of chunks: the kernel may have none to wake this worker with. Worker only. */
    private boolean isStarved;

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
        super(wait);
        this.queue = queue;
        this.memory = memory;
        this.program = program;
        this.silent = silent;
        this.socketPlace = wait.add(queue.socket().number());
        this.clock = clock;
        this.tap = tap;
        this.chunks = new int[queue.fill().size()];
        this.overload = OVERLOAD_RINGS * queue.fill().size();
    }

    @Override
    public int receive(FrameBatch batch) {
        int before = batch.count();
        int n = Math.min(queue.rx().available(), batch.capacity() - before);
        if (n > 0) {
            long nowNs = clock.nowNs();
            for (int i = 0; i < n; i++) {
                add(batch, queue.rx().take(), nowNs);
            }
            queue.rx().release();
            boolean tapped = tap.isUsed();
            for (int i = before; i < before + n; i++) {
                if (batch.length(i) > 0) {
                    describe(batch.address(i), batch.length(i));
                    if (tapped) {
                        tap.show(batch.address(i), batch.length(i), nowNs);
                    }
                }
            }
        }
        undrained = n < BACKLOG ? 0 : Math.min(undrained + n, overload);
        refill();
        if (memory.isZeroCopy() && queue.fill().needsWakeUp()) {
            queue.socket().wakeReceive(); // its driver has found no chunk, and does not look again by itself
        }
        return n;
    }

    /**
     * Adds a frame, and touches its first two cache lines, which another processor has just written: here the loads of
     * a whole batch wait for memory together, and nobody does afterwards, nor does the kernel's copy.
     */
    private void add(FrameBatch batch, long descriptor, long nowNs) {
        Umem umem = memory.umem();
        long offset = XdpDescriptor.offset(descriptor);
        int bytes = XdpDescriptor.bytes(descriptor);
        int chunk = umem.chunk(offset);
        if (chunk < 0 || !umem.isWithin(offset, bytes) || bytes == 0) {
            batch.add(umem.address(), 0, FrameBatch.UNDESCRIBED, chunk < 0 ? NOBODY : memory, chunk, nowNs);
            return;
        }
        long frame = umem.address() + offset;
        if (bytes > CACHE_LINE) {
            touched += Memory.getByte(frame + CACHE_LINE);
        }
        int flags = Memory.getByte(frame) & FrameBatch.MULTICAST; // the group bit is the lowest of the first byte
        batch.add(frame, bytes, flags, memory, chunk, nowNs);
    }

    /** Writes the vnet header. */
    private void describe(long frame, int bytes) {
        Memory.putLong(frame - Umem.HEADROOM, 0); // all of the headroom; the header has 10 bytes: nothing is known
        Memory.putLong(frame - Umem.HEADROOM + Long.BYTES, 0);
        if (silent != null) {
            silent.describe(frame, bytes);
        }
    }

    /** Puts free chunks into the fill ring, as long as there are some; in overload only a few. */
    private void refill() {
        int room = queue.fill().space();
        if (undrained == overload) {
            room = Math.min(room, OVERLOAD_FRAMES - chunksInRings());
        }
        if (room < REFILL) {
            isStarved = false;
            return;
        }
        int n = memory.take(chunks, room);
        isStarved = n < room;
        queue.fill(memory, chunks, n);
    }

    @Override
    public void await(int timeoutMs) {
        if (wait.await(isStarved ? STARVED_MS : timeoutMs)
                && (wait.events(socketPlace) & PollSet.POLLIN) != 0
                && queue.rx().available() == 0) {
            LockSupport.parkNanos(EMPTY_PAUSE_NS);
        }
    }

    /** Chunks that wait in the queue's rings, to be filled or to be received; exact while nothing moves. */
    int chunksInRings() {
        return queue.fill().pending() + queue.rx().available();
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
