package org.ifqd.port.pcap;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.TapPoint;
import org.ifqd.ifq.KernelLock;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.pcap.LivePcap;
import org.ifqd.port.FrameAge;
import org.ifqd.port.Receiver;
import org.ifqd.port.WaitingReceiver;
import org.ifqd.port.WorkerWait;

/**
 * The receive half of a libpcap port. libpcap shows one frame at a time and takes its memory back, so frames are copied
 * into a {@link FrameSlab}.
 *
 * <p><b>Threading:</b> as {@link Receiver}. Every use of the handle holds the kernel lock; the sleep does not.
 */
final class PcapReceiver extends WaitingReceiver {
    /** Sleep while frames are there and the slab has no room for them. */
    private static final long FULL_PAUSE_NS = 200_000;

    private final LivePcap pcap;
    private final KernelLock lock;
    private final SocketFilter filter;
    private final FrameSlab slab;
    private final int socketPlace;
    private final FrameAge age;
    private final TapPoint tap;

    /**
     * @param filter what is received
     * @param slab where frames are copied to
     * @param tap is shown the frames that come in
     */
    PcapReceiver(
            LivePcap pcap,
            KernelLock lock,
            SocketFilter filter,
            FrameSlab slab,
            WorkerWait wait,
            FrameAge age,
            TapPoint tap) {
        super(wait);
        this.pcap = pcap;
        this.lock = lock;
        this.filter = filter;
        this.slab = slab;
        this.socketPlace = wait.add(pcap.fd());
        this.age = age;
        this.tap = tap;
    }

    @Override
    public int receive(FrameBatch batch) {
        int before = batch.count();
        lock.lock();
        try {
            long slot;
            while (!batch.isFull() && (slot = slab.slot()) != 0 && pcap.next()) {
                add(batch, slot);
            }
        } finally {
            lock.unlock();
        }
        age.mark(batch, before);
        return batch.count() - before;
    }

    private void add(FrameBatch batch, long slot) {
        int bytes = Math.min(pcap.capturedBytes(), slab.longestFrame());
        Memory.copy(pcap.address(), slot, bytes);
        int flags = Memory.getByte(slot) & FrameBatch.MULTICAST; // the group bit is the lowest of the first byte
        if (pcap.isTruncated() || bytes < pcap.capturedBytes()) {
            flags |= FrameBatch.TRUNCATED;
        }
        long stampNs = pcap.timeNs();
        if (tap.isUsed()) {
            tap.show(slot, bytes, stampNs);
        }
        slab.add(batch, slot, bytes, flags, stampNs);
    }

    @Override
    public void await(int timeoutMs) {
        if (slab.slot() == 0) {
            LockSupport.parkNanos(FULL_PAUSE_NS); // poll would return at once
            return;
        }
        if (wait.await(timeoutMs) && (wait.events(socketPlace) & PollSet.POLLERR) != 0) {
            wait.pauseAfterError(); // libpcap reads the error, and so clears it, at the next look
        }
    }

    void startReceiving() {
        lock.lock();
        try {
            pcap.startReceiving(filter);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stopReceiving() {
        lock.lock();
        try {
            pcap.stopReceiving();
        } finally {
            lock.unlock();
        }
    }

    /** Immediate mode: the kernel holds nothing back; one for the frame that it is just writing. */
    @Override
    public int holdBackMs() {
        return 1;
    }

    @Override
    public long kernelDrops() {
        lock.lock();
        try {
            return pcap.kernelDrops();
        } finally {
            lock.unlock();
        }
    }
}
