package org.ifqd.port.packet;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.ifqd.frame.TapPoint;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.Doorbell;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.FrameAge;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Receiver;

/**
 * One AF_PACKET receive ring. Frames are given out where they lie, in the ring's blocks; a block goes back to the kernel
 * once, when the last of its frames has been released.
 *
 * <p>Frames are taken out of the block that the kernel still fills as well, so that a lone frame does not wait for the
 * block's time to be over; and as poll wakes only for whole blocks, a {@link Doorbell} wakes the worker that sleeps.
 *
 * <p>The port owns socket, ring, doorbell and wake-up. <b>Invariant:</b> {@code held[b]} is the number of frames of block b that
 * were given out and not released yet, and {@link #READING} while the worker is in the block, and {@link #GIVING_BACK}; it is
 * set before the first frame of the block is given out, and it is 0 only while the kernel has the block or has handed it
 * over anew.
 */
final class PacketReceiver implements Receiver, FrameOwner {
    /** How long an interface that reports an error on every poll keeps the worker asleep between two looks. */
    private static final long ERROR_PAUSE_NS = 10_000_000;

    /** Stands for the act of giving a block back, so that a block counts as held until its status is written. */
    private static final int GIVING_BACK = 1;

    /** The worker's own hold on the block that it reads: the kernel may not have closed it yet. */
    private static final int READING = 1;

    /**
     * Sleep while poll says readable and there is no new block: it looks at the block <em>before</em> the one that the kernel
     * fills (packet_poll, packet_previous_rx_frame), which is still ours while its frames wait in a queue.
     */
    private static final long HELD_PAUSE_NS = 200_000;

    /** A worker that never sleeps looks for errors of the interface only so often: that takes a system call. */
    private static final int IDLES_OF_A_POLL = 1024;

    private final Libc libc;
    private final int cpu;
    private final boolean busyPoll;
    private final PacketSocket socket;
    private final RxRing ring;
    private final Doorbell doorbell;
    private final EventFd wakeUp;
    private final TapPoint tap;
    private final FrameAge age;
    private final PollSet poll;
    private final int socketPlace;
    private final int wakePlace;
    private final int doorbellPlace;
    private final AtomicIntegerArray held;

    private final Backlog backlog;

    /** Whether the worker is in the current block, and then how many of its frames were given out, and the last one's header. */
    private boolean reading;

    private int taken;
    private long last;

    private int idles;

    /** Slots that the kernel counted in a block and did not fill. */
    private final AtomicLong undescribed = new AtomicLong();

    private long kernelDrops;

    /** Somebody looks at the frames of this batch; worker only. */
    private boolean tapped;

    /**
     * @param doorbell null where nobody sleeps, or where frames cannot be seen before the block is closed
     * @param cpu that the worker is pinned to, or -1
     * @param options of the port
     */
    PacketReceiver(
            Libc libc,
            PacketSocket socket,
            RxRing ring,
            Doorbell doorbell,
            EventFd wakeUp,
            int cpu,
            PortOptions options,
            TapPoint tap) {
        this.libc = libc;
        this.tap = tap;
        this.cpu = cpu;
        this.busyPoll = options.busyPoll();
        this.age = new FrameAge(libc, options.maxAgeMs());
        this.socket = socket;
        this.ring = ring;
        this.doorbell = doorbell;
        this.wakeUp = wakeUp;
        this.held = new AtomicIntegerArray(ring.blocks());
        this.backlog = new Backlog(ring.blocks(), block -> held.getAcquire(block) == 0 && ring.isClosed(block));
        this.poll = new PollSet(libc, 3);
        this.socketPlace = poll.add(socket.number(), PollSet.POLLIN);
        this.wakePlace = poll.add(wakeUp.number(), PollSet.POLLIN);
        this.doorbellPlace = doorbell == null ? -1 : poll.add(doorbell.number(), PollSet.POLLIN);
    }

    @Override
    public void begin() {
        if (cpu >= 0) {
            CpuAffinity.pinThisThread(libc, cpu);
        }
    }

    @Override
    public int receive(FrameBatch batch) {
        int before = batch.count();
        tapped = tap.isUsed();
        while (!batch.isFull()) {
            if (!reading && !enter()) {
                break;
            }
            boolean closed = ring.block() != 0; // looked at before the frames: none can come after
            int n = closed ? takeClosed(batch) : takeOpen(batch);
            if (closed && taken >= frames()) {
                leave();
            } else if (n == 0) {
                break;
            }
        }
        if (batch.count() == before) {
            backlog.caughtUp();
        }
        age.mark(batch, before);
        return batch.count() - before;
    }

    /**
     * Enters the current block if it has a frame, or is closed. A block whose frames are not all released yet looks the same as
     * a new one, so {@code held} is asked first: after a whole lap of the ring, or of a few short blocks within one batch, the
     * next block may still be one that was given out before.
     */
    private boolean enter() {
        if (!hasFrames()) {
            return false;
        }
        held.set(ring.current(), READING + GIVING_BACK);
        reading = true;
        taken = 0;
        return true;
    }

    /** Whether there is something to {@link #receive}. */
    private boolean hasFrames() {
        return (reading || held.getAcquire(ring.current()) == 0) && (ring.block() != 0 || ring.peek(place()));
    }

    /** Where the next frame's header is, or will be; 0 when the last one taken was the last of a block that is being closed. */
    private long place() {
        return !reading || taken == 0 ? ring.firstPlace() : ring.next(last);
    }

    private int frames() {
        return RxRing.frames(ring.block());
    }

    private int takeClosed(FrameBatch batch) {
        int before = batch.count();
        int frames = frames();
        while (taken < frames && !batch.isFull()) {
            long at = place();
            if (at == 0) {
                taken = frames; // what the block says of itself does not fit together: no more of it is believed
                break;
            }
            take(batch, at);
        }
        int n = batch.count() - before;
        held.addAndGet(ring.current(), n); // before the batch is handed on, and so before a frame is released
        return n;
    }

    private int takeOpen(FrameBatch batch) {
        int n = 0;
        for (long at; !batch.isFull() && ring.peek(at = place()); n++) {
            take(batch, at);
        }
        held.addAndGet(ring.current(), n);
        return n;
    }

    private void take(FrameBatch batch, long header) {
        if (ring.isFrame(header)) {
            add(batch, header, ring.current());
        } else {
            undescribed.incrementAndGet();
            batch.add(header, 0, FrameBatch.UNDESCRIBED, this, ring.current());
        }
        last = header;
        taken++;
    }

    /** Leaves a block whose frames are all given out. */
    private void leave() {
        reading = false;
        int block = ring.current();
        ring.advance();
        backlog.left(ring.current());
        release(block, READING);
    }

    private void add(FrameBatch batch, long at, int block) {
        int bytes = ReceivedFrame.capturedBytes(at);
        long mac;
        if (ReceivedFrame.hasStrippedTag(at)) {
            mac = ReceivedFrame.restoreTag(at);
            bytes += 4;
        } else {
            mac = ReceivedFrame.mac(at);
        }
        int flags = Memory.getByte(mac) & FrameBatch.MULTICAST; // the group bit is the lowest of the first byte
        if (ReceivedFrame.isTruncated(at)) {
            flags |= FrameBatch.TRUNCATED;
        }
        long stampNs = ReceivedFrame.timeNs(at);
        if (tapped) {
            tap.show(mac, bytes, stampNs);
        }
        batch.add(mac, bytes, flags, this, block, stampNs);
    }

    @Override
    public void release(int block, int frames) {
        if (held.addAndGet(block, -frames) == GIVING_BACK) {
            if (backlog.isOverload()) {
                ring.giveBack(block);
            } else {
                ring.giveBackZeroed(block);
            }
            held.setRelease(block, 0); // after the status: the worker must not take the old hand-over for a new one
        }
    }

    @Override
    public void await(int timeoutMs) {
        if (busyPoll) {
            Thread.yield(); // others, the completion threads among them, may have work on the same processor
            if (++idles % IDLES_OF_A_POLL != 0) {
                return;
            }
        }
        if (poll.await(busyPoll ? 0 : timeoutMs) <= 0) {
            return;
        }
        if (poll.events(wakePlace) != 0) {
            wakeUp.clear();
        }
        if (doorbell != null && poll.events(doorbellPlace) != 0) {
            doorbell.silence();
        }
        if ((poll.events(socketPlace) & PollSet.POLLERR) != 0) {
            socket.error(); // reading it clears it; the frames that were received before stay readable
            LockSupport.parkNanos(ERROR_PAUSE_NS);
        } else if (!busyPoll && (poll.events(socketPlace) & PollSet.POLLIN) != 0 && !hasFrames()) {
            LockSupport.parkNanos(HELD_PAUSE_NS);
        }
    }

    @Override
    public boolean isPolling() {
        return busyPoll;
    }

    @Override
    public int cpu() {
        return cpu;
    }

    @Override
    public void wake() {
        wakeUp.signal();
    }

    void startReceiving(SocketFilter filter) {
        socket.accept(filter);
        if (doorbell != null) {
            doorbell.ring();
        }
    }

    @Override
    public void stopReceiving() {
        socket.rejectAll();
        if (doorbell != null) {
            doorbell.mute();
        }
    }

    @Override
    public int holdBackMs() {
        return RxRing.RETIRE_MS;
    }

    /** Slots that the kernel did not fill are in its drops too; they were received as {@link FrameBatch#UNDESCRIBED}. */
    @Override
    public synchronized long kernelDrops() {
        // never less than before, while the worker has not yet come to a slot that the kernel has counted
        kernelDrops = Math.max(kernelDrops, ring.kernelDrops() - undescribed.get());
        return kernelDrops;
    }
}
