package org.ifqd.port.packet;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.TapPoint;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.Doorbell;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.FrameAge;
import org.ifqd.port.Receiver;
import org.ifqd.port.WaitingReceiver;
import org.ifqd.port.WorkerWait;

/**
 * One AF_PACKET receive ring: a {@link BlockWalk} through it, {@link BlockHolds} for those who still have frames of it,
 * and what makes a frame of a slot. As poll wakes only for whole blocks, a {@link Doorbell} wakes the worker that
 * sleeps.
 *
 * <p><b>Threading:</b> as {@link Receiver}. The port owns socket, ring, doorbell and wake-up.
 */
final class PacketReceiver extends WaitingReceiver {
    /**
     * Sleep while poll says readable and there is no new block: it looks at the block <em>before</em> the one that the
     * kernel fills (packet_poll, packet_previous_rx_frame), which is still ours while its frames wait in a queue.
     */
    private static final long HELD_PAUSE_NS = 200_000;

    private final PacketSocket socket;
    private final RxRing ring;
    private final BlockHolds holds;
    private final BlockWalk walk;
    private final Doorbell doorbell;
    private final int socketPlace;
    private final int doorbellPlace;
    private final TapPoint tap;
    private final FrameAge age;

    /** Slots that the kernel counted in a block and did not fill. */
    private final AtomicLong undescribed = new AtomicLong();

    private long kernelDrops;

    /** Somebody looks at the frames of this batch; worker only. */
    private boolean tapped;

    /**
     * @param doorbell null where nobody sleeps, or where frames cannot be seen before the block is closed
     * @param tap is shown the frames that come in
     */
    PacketReceiver(PacketSocket socket, RxRing ring, Doorbell doorbell, WorkerWait wait, FrameAge age, TapPoint tap) {
        super(wait);
        this.socket = socket;
        this.ring = ring;
        this.holds = new BlockHolds(ring);
        this.walk = new BlockWalk(ring, holds);
        this.doorbell = doorbell;
        this.socketPlace = wait.add(socket.number());
        this.doorbellPlace = doorbell == null ? -1 : wait.add(doorbell.number());
        this.tap = tap;
        this.age = age;
    }

    @Override
    public int receive(FrameBatch batch) {
        int before = batch.count();
        tapped = tap.isUsed();
        while (!batch.isFull() && walk.enter()) {
            int n = take(batch);
            if (!walk.leave() && n == 0) {
                break;
            }
        }
        if (batch.count() == before) {
            holds.caughtUp();
        }
        age.mark(batch, before);
        return batch.count() - before;
    }

    /** As many slots of the current block as are there and fit. */
    private int take(FrameBatch batch) {
        int block = walk.block();
        int n = 0;
        for (long slot; !batch.isFull() && (slot = walk.next()) != 0; n++) {
            if (ring.isFrame(slot)) {
                add(batch, slot, block);
            } else {
                undescribed.incrementAndGet();
                batch.add(slot, 0, FrameBatch.UNDESCRIBED, holds, block);
            }
        }
        holds.give(block, n);
        return n;
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
        batch.add(mac, bytes, flags, holds, block, stampNs);
    }

    @Override
    public void await(int timeoutMs) {
        if (!wait.await(timeoutMs)) {
            return;
        }
        if (doorbell != null && wait.events(doorbellPlace) != 0) {
            doorbell.silence();
        }
        if ((wait.events(socketPlace) & PollSet.POLLERR) != 0) {
            socket.error(); // reading it clears it; the frames that were received before stay readable
            wait.pauseAfterError();
        } else if (!wait.isPolling() && (wait.events(socketPlace) & PollSet.POLLIN) != 0 && !walk.hasFrames()) {
            LockSupport.parkNanos(HELD_PAUSE_NS);
        }
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

    /**
     * Slots that the kernel did not fill are in its drops too; they were received as {@link FrameBatch#UNDESCRIBED}.
     */
    @Override
    public synchronized long kernelDrops() {
        // never less than before, while the worker has not yet come to a slot that the kernel has counted
        kernelDrops = Math.max(kernelDrops, ring.kernelDrops() - undescribed.get());
        return kernelDrops;
    }
}
