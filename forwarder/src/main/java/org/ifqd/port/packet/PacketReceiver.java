package org.ifqd.port.packet;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.FrameOwner;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.port.Receiver;

/**
 * One AF_PACKET receive ring. Frames are given out where they lie, in the ring's blocks; a block goes back to the kernel
 * once, when the last of its frames has been released.
 *
 * <p>The port owns socket, ring and wake-up. <b>Invariant:</b> {@code held[b]} is the number of frames of block b that were not
 * released yet, and {@link #GIVING_BACK}; it is set before the first frame of the block is given out, and it is 0 only while
 * the kernel has the block or has handed it over anew.
 */
final class PacketReceiver implements Receiver, FrameOwner {
    /** How long an interface that reports an error on every poll keeps the worker asleep between two looks. */
    private static final long ERROR_PAUSE_NS = 10_000_000;

    /** Stands for the act of giving a block back, so that a block counts as held until its status is written. */
    private static final int GIVING_BACK = 1;

    /**
     * Sleep while poll says readable and there is no new block: it looks at the block <em>before</em> the one that the kernel
     * fills (packet_poll, packet_previous_rx_frame), which is still ours while its frames wait in a queue.
     */
    private static final long HELD_PAUSE_NS = 200_000;

    private final PacketSocket socket;
    private final RxRing ring;
    private final EventFd wakeUp;
    private final PollSet poll;
    private final int socketPlace;
    private final int wakePlace;
    private final AtomicIntegerArray held;

    /** The frame to give out next, and how many of its block are left; worker only. */
    private long header;

    private int left;

    PacketReceiver(Libc libc, PacketSocket socket, RxRing ring, EventFd wakeUp) {
        this.socket = socket;
        this.ring = ring;
        this.wakeUp = wakeUp;
        this.held = new AtomicIntegerArray(ring.blocks());
        this.poll = new PollSet(libc, 2);
        this.socketPlace = poll.add(socket.number(), PollSet.POLLIN);
        this.wakePlace = poll.add(wakeUp.number(), PollSet.POLLIN);
    }

    @Override
    public int receive(FrameBatch batch) {
        int before = batch.count();
        while (!batch.isFull() && (left > 0 || openBlock())) {
            int block = ring.current();
            int n = Math.min(left, batch.capacity() - batch.count());
            left -= n;
            for (int i = 0; i < n; i++) {
                add(batch, header, block);
                header = ReceivedFrame.next(header);
            }
            if (left == 0) {
                ring.advance();
            }
        }
        return batch.count() - before;
    }

    /**
     * Opens the next block that the kernel has handed over. A block whose frames are not all released yet looks the same as a
     * new one, so {@code held} is asked first: after a whole lap of the ring, or of a few short blocks within one batch, the
     * next block may still be one that was given out before.
     */
    private boolean openBlock() {
        for (; hasNewBlock(); ring.advance()) {
            long block = ring.block();
            left = RxRing.frames(block);
            if (left > 0) {
                header = RxRing.firstFrame(block);
                held.set(ring.current(), left + GIVING_BACK);
                return true;
            }
            ring.giveBack(ring.current());
        }
        return false;
    }

    private boolean hasNewBlock() {
        return held.getAcquire(ring.current()) == 0 && ring.block() != 0;
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
        batch.add(mac, bytes, flags, this, block);
    }

    @Override
    public void release(int block, int frames) {
        if (held.addAndGet(block, -frames) == GIVING_BACK) {
            ring.giveBack(block);
            held.setRelease(block, 0); // after the status: the worker must not take the old hand-over for a new one
        }
    }

    @Override
    public void await(int timeoutMs) {
        if (poll.await(timeoutMs) <= 0) {
            return;
        }
        if (poll.events(wakePlace) != 0) {
            wakeUp.clear();
        }
        if ((poll.events(socketPlace) & PollSet.POLLERR) != 0) {
            socket.error(); // reading it clears it; the frames that were received before stay readable
            LockSupport.parkNanos(ERROR_PAUSE_NS);
        } else if ((poll.events(socketPlace) & PollSet.POLLIN) != 0 && !hasNewBlock()) {
            LockSupport.parkNanos(HELD_PAUSE_NS);
        }
    }

    @Override
    public void wake() {
        wakeUp.signal();
    }

    void startReceiving() {
        socket.acceptIncoming();
    }

    @Override
    public void stopReceiving() {
        socket.rejectAll();
    }

    @Override
    public int holdBackMs() {
        return RxRing.RETIRE_MS;
    }

    @Override
    public long kernelDrops() {
        return ring.kernelDrops();
    }
}
