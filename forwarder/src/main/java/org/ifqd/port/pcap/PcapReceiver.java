package org.ifqd.port.pcap;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.frame.FrameBatch;
import org.ifqd.frame.TapPoint;
import org.ifqd.ifq.KernelLock;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.PollSet;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.pcap.LivePcap;
import org.ifqd.port.FrameAge;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Receiver;

/**
 * The receive half of a libpcap port. libpcap shows one frame at a time and takes its memory back, so frames are copied into
 * a {@link FrameSlab}.
 *
 * <p><b>Threading:</b> as {@link Receiver}. Every use of the handle holds the kernel lock; the sleep does not.
 */
final class PcapReceiver implements Receiver {
    private static final long ERROR_PAUSE_NS = 10_000_000;

    /** Sleep while frames are there and the slab has no room for them. */
    private static final long FULL_PAUSE_NS = 200_000;

    private final Libc libc;
    private final LivePcap pcap;
    private final KernelLock lock;
    private final SocketFilter filter;
    private final FrameSlab slab;
    private final int cpu;
    private final boolean busyPoll;
    private final EventFd wakeUp;
    private final TapPoint tap;
    private final FrameAge age;
    private final PollSet poll;
    private final int socketPlace;
    private final int wakePlace;

    PcapReceiver(
            Libc libc,
            LivePcap pcap,
            KernelLock lock,
            SocketFilter filter,
            FrameSlab slab,
            PortOptions options,
            EventFd wakeUp,
            TapPoint tap) {
        this.tap = tap;
        this.libc = libc;
        this.pcap = pcap;
        this.lock = lock;
        this.filter = filter;
        this.slab = slab;
        this.cpu = options.cpus().isEmpty() ? -1 : options.cpus().getFirst();
        this.busyPoll = options.busyPoll();
        this.age = new FrameAge(libc, options.maxAgeMs());
        this.wakeUp = wakeUp;
        this.poll = new PollSet(libc, 2);
        this.socketPlace = poll.add(pcap.fd(), PollSet.POLLIN);
        this.wakePlace = poll.add(wakeUp.number(), PollSet.POLLIN);
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
        if (busyPoll) {
            Thread.yield(); // the other direction's worker may be on the same processor
        }
        if (poll.await(busyPoll ? 0 : timeoutMs) <= 0) {
            return;
        }
        if (poll.events(wakePlace) != 0) {
            wakeUp.clear();
        }
        if ((poll.events(socketPlace) & PollSet.POLLERR) != 0) {
            LockSupport.parkNanos(ERROR_PAUSE_NS); // libpcap reads the error, and so clears it, at the next look
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
