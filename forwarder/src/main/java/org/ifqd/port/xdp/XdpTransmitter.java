package org.ifqd.port.xdp;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.MpsafeDriver;
import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.linux.xdp.XdpRing;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.Congestion;
import org.ifqd.port.EgressLength;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.TransmitLatency;
import org.ifqd.port.offload.PartialChecksum;
import org.ifqd.port.offload.Segmenter;
import org.ifqd.stats.DropReason;

/**
 * The start routine of an AF_XDP lane: batches from the send queue into the transmit ring, and system calls until the
 * kernel has taken them all.
 *
 * <p>A frame that lies in a chunk of the pair's memory is handed on as it lies, and its reference with it: the
 * completion ring gives the chunk back. Any other frame is copied into a chunk; GSO frames are cut into chunks.
 * Checksums that a sender left to the NIC are finished here: a transmit ring has no words for them.
 *
 * <p>The frames that the kernel has taken are told by its consumer's counter, not by the result of the call. EBUSY says
 * that the driver has dropped the last one of them: it is sent again, with the patience of {@link Congestion}, as
 * AF_PACKET's transmit ring does by itself.
 *
 * <p><b>Threading:</b> inside the serializer only, as {@link MpsafeDriver} says; {@link #discard} after the start
 * barrier; {@link #offloads} from any thread.
 */
final class XdpTransmitter implements MpsafeDriver {
    /** Frames between two flushes; the kernel sends 32 with one call (TX_BATCH_SIZE, net/xdp/xsk.c). */
    static final int BATCH = 64;

    private final XdpSocket socket;
    private final XdpRing ring;
    private final XdpMemory memory;
    private final XdpCompletion completion;
    private final Congestion congestion;
    private final TransmitLatency latency;
    private final EgressLength longest;
    private final Segmenter segmenter = new Segmenter();
    private final PartialChecksum checksum = new PartialChecksum();
    private final FrameBatch batch = new FrameBatch(BATCH);

    /** The first frame of the batch that was not placed yet. */
    private int next;

    /** Of the last system call, 0 for none. */
    private int errno;

    /** Entries of the ring that the kernel has not taken, from head to tail. */
    private int head;

    private int tail;
    private final int[] chunks;

    private final long[] offsets;
    private final int[] lengths;
    private final long[] stampsNs;

    /** Whether the entry ends a frame that was received: all but the last segment of a GSO frame do not. */
    private final boolean[] ends;

    private final int[] one = new int[1];
    private volatile long csumCompleted;
    private volatile long segmented;

    /**
     * @param ring of the socket
     * @param completion of the queue that it sends by
     * @param mtuBytes of the interface
     */
    XdpTransmitter(
            XdpSocket socket,
            XdpRing ring,
            XdpMemory memory,
            XdpCompletion completion,
            Congestion congestion,
            TransmitLatency latency,
            int mtuBytes) {
        this.socket = socket;
        this.ring = ring;
        this.memory = memory;
        this.completion = completion;
        this.congestion = congestion;
        this.latency = latency;
        this.longest = new EgressLength(mtuBytes, memory.umem().longestFrame());
        this.chunks = new int[ring.size()];
        this.offsets = new long[ring.size()];
        this.lengths = new int[ring.size()];
        this.stampsNs = new long[ring.size()];
        this.ends = new boolean[ring.size()];
    }

    @Override
    public void start(SendQueue queue) {
        if (!flush(queue)) {
            return;
        }
        while (next < batch.count() || fetch(queue)) {
            if (!place(queue) || !flush(queue)) {
                return;
            }
        }
    }

    private boolean fetch(SendQueue queue) {
        next = 0;
        batch.clear();
        return queue.dequeue(batch, BATCH) > 0;
    }

    /** Places the rest of the batch, until the ring is full. False: no chunk could be had, and oactive is set. */
    private boolean place(SendQueue queue) {
        while (next < batch.count() && tail < ring.size()) {
            long frame = batch.address(next);
            boolean isGso = VnetHeader.isGso(frame - VnetHeader.BYTES);
            if (isGso ? placeGso(queue, frame) : placeFrame(queue, frame)) {
                continue;
            }
            return tail > head || isWithoutChunk(queue);
        }
        return true;
    }

    /** There is no chunk, and nothing in the ring whose chunks would come back. True: patience is over, one dropped. */
    private boolean isWithoutChunk(SendQueue queue) {
        latency.kick();
        errno = Errno.EAGAIN;
        if (isStalled(queue)) {
            return false;
        }
        segmenter.cancel();
        drop(queue, DropReason.NO_BUFFER);
        return true;
    }

    /** False: there is no chunk for it. */
    private boolean placeFrame(SendQueue queue, long frame) {
        int bytes = batch.length(next);
        if (longest.isExceeded(frame, bytes)) {
            drop(queue, DropReason.TOO_BIG);
            return true;
        }
        if (VnetHeader.needsChecksum(frame - VnetHeader.BYTES) && checksum.finish(frame, bytes)) {
            csumCompleted = csumCompleted + 1; // one writer
        }
        if (batch.owner(next) == memory) {
            put(batch.token(next), frame - memory.address(), bytes, true);
            next++; // the reference is the kernel's now
            return true;
        }
        if (memory.take(one, 1) == 0) {
            return false;
        }
        long offset = memory.umem().offset(one[0]);
        Memory.copy(frame, memory.address() + offset, bytes);
        put(one[0], offset, bytes, true);
        batch.release(next, next + 1);
        next++;
        return true;
    }

    /** False: there was no chunk for all of its segments, or no room; it goes on there. */
    private boolean placeGso(SendQueue queue, long frame) {
        if (segmenter.remaining() == 0) {
            if (segmenter.begin(frame, batch.length(next)) < 0) {
                drop(queue, DropReason.REFUSED);
                return true;
            }
            if (longest.isExceeded(frame, segmenter.longestSegment())) {
                segmenter.cancel();
                drop(queue, DropReason.TOO_BIG);
                return true;
            }
        }
        while (segmenter.remaining() > 0) {
            if (tail == ring.size() || memory.take(one, 1) == 0) {
                return false;
            }
            long offset = memory.umem().offset(one[0]) + VnetHeader.BYTES;
            int bytes = segmenter.next(memory.address() + offset);
            put(one[0], offset, bytes, segmenter.remaining() == 0);
        }
        segmented = segmented + 1; // one writer
        batch.release(next, next + 1);
        next++;
        return true;
    }

    private void put(int chunk, long offset, int bytes, boolean isEnd) {
        chunks[tail] = chunk;
        offsets[tail] = offset;
        lengths[tail] = bytes;
        ends[tail] = isEnd;
        stampsNs[tail] = batch.stampNs(next);
        ring.add(offset, bytes);
        tail++;
    }

    private void drop(SendQueue queue, DropReason reason) {
        queue.dropped(reason, 1);
        batch.release(next, next + 1);
        next++;
    }

    /** Has the kernel take what is in the ring. False: it does not take all now, and oactive is set. */
    private boolean flush(SendQueue queue) {
        if (head == tail) {
            return true;
        }
        ring.publish();
        while (head < tail) {
            if (!kick(queue)) {
                if (isStalled(queue)) {
                    completion.reclaim();
                    return false;
                }
                removeFirst(queue);
            }
        }
        completion.reclaim();
        return true;
    }

    /** Has the kernel take frames. False: it does not take the first one that is left, {@link #errno} tells why. */
    private boolean kick(SendQueue queue) {
        latency.kick();
        completion.hold(); // a frame that the driver drops is read again
        try {
            errno = socket.kick();
            int taken = tail - head - Math.min(ring.pending(), tail - head);
            boolean isLastDropped = errno == Errno.EBUSY && taken > 0;
            if (isLastDropped) {
                taken--;
            }
            if (taken > 0) {
                settle(queue, taken);
            }
            return isLastDropped ? !putBack(queue) : taken > 0;
        } finally {
            completion.letGo();
        }
    }

    /** The kernel has sent so many from the ring. */
    private void settle(SendQueue queue, int taken) {
        int frames = 0;
        long bytes = 0;
        for (int i = head; i < head + taken; i++) {
            bytes += lengths[i];
            if (ends[i]) {
                latency.leftAtOnce(stampsNs[i]);
                frames++;
            }
        }
        gone(taken);
        queue.sent(frames, bytes);
        congestion.progress(taken, latency.kickNs());
    }

    /**
     * The driver has dropped the first frame, and its chunk is coming back: a copy of it takes its place in front of
     * the others. False: there is no free chunk for that, and the frame is lost.
     */
    private boolean putBack(SendQueue queue) {
        ring.retract();
        boolean isKept =
                memory.takeFree(one, 0, 1) == 1; // reclaims nothing: the dropped one must not be used again yet
        if (isKept) {
            long offset = memory.umem().offset(one[0]) + VnetHeader.BYTES;
            Memory.copy(memory.address() + offsets[head], memory.address() + offset, lengths[head]);
            chunks[head] = one[0];
            offsets[head] = offset;
        } else {
            queue.dropped(DropReason.NO_BUFFER, ends[head] ? 1 : 0);
            gone(1);
        }
        addAgain();
        return isKept;
    }

    /** All that is left, in order, into a ring that was emptied. */
    private void addAgain() {
        for (int i = head; i < tail; i++) {
            ring.add(offsets[i], lengths[i]);
        }
        ring.publish();
    }

    private void gone(int n) {
        head += n;
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    private boolean isStalled(SendQueue queue) {
        boolean mayBeRefusal = errno == Errno.EBUSY || errno == Errno.ENOBUFS;
        return !congestion.stall(queue, mayBeRefusal, false, latency.kickNs());
    }

    /** Patience is over: drops the frame that the kernel stands at. What is in the ring is ours while nobody kicks. */
    private void removeFirst(SendQueue queue) {
        ring.retract();
        memory.release(chunks[head], 1);
        boolean isRefused = congestion.wasRefusal(false) || congestion.isQuiet(latency.kickNs());
        queue.dropped(isRefused ? DropReason.REFUSED : DropReason.NO_BUFFER, ends[head] ? 1 : 0);
        gone(1);
        addAgain();
    }

    /** Sends a frame of our own past the books, if the ring is empty; inside the serializer. */
    void inject(byte[] frame) {
        if (head < tail || frame.length > memory.umem().longestFrame() || memory.take(one, 1) == 0) {
            return;
        }
        long offset = memory.umem().offset(one[0]);
        for (int i = 0; i < frame.length; i++) {
            Memory.putByte(memory.address() + offset + i, frame[i]);
        }
        ring.add(offset, frame.length);
        ring.publish();
        socket.kick();
        if (ring.pending() > 0) {
            ring.retract();
            memory.release(one[0], 1);
        }
        completion.reclaim();
    }

    /** Drops what is in the ring and was not taken, and the rest of the batch; after the start barrier. */
    void discard(SendQueue queue) {
        ring.retract();
        int frames = batch.count() - next;
        for (int i = head; i < tail; i++) {
            memory.release(chunks[i], 1);
            frames += ends[i] ? 1 : 0;
        }
        gone(tail - head);
        queue.dropped(DropReason.PURGED, frames);
        batch.release(next, batch.count());
        batch.clear();
        next = 0;
        segmenter.cancel();
        congestion.reset();
        completion.reclaim();
    }

    OffloadCounters offloads() {
        return new OffloadCounters(csumCompleted, segmented);
    }
}
