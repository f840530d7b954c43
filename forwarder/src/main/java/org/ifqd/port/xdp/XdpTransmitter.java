package org.ifqd.port.xdp;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.MpsafeDriver;
import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.port.Congestion;
import org.ifqd.port.EgressLength;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.TransmitLatency;
import org.ifqd.port.offload.PartialChecksum;
import org.ifqd.port.offload.Segmenter;
import org.ifqd.stats.DropReason;

/**
 * The start routine of an AF_XDP lane: batches from the send queue into the transmit ring, which {@link XdpHandOver}
 * gets to the kernel.
 *
 * <p>A frame that lies in a chunk of the pair's memory is handed on as it lies, and its reference with it: the
 * completion ring gives the chunk back. Any other frame is copied into a chunk; GSO frames are cut into chunks.
 * Checksums that a sender left to the NIC are finished here: a transmit ring has no words for them.
 *
 * <p><b>Threading:</b> inside the serializer only, as {@link MpsafeDriver} says; {@link #discard} after the start
 * barrier; {@link #offloads} from any thread.
 */
final class XdpTransmitter implements MpsafeDriver {
    /** Frames between two flushes. */
    static final int BATCH = 64;

    private final XdpEntries entries;
    private final XdpHandOver handOver;
    private final XdpMemory memory;
    private final Congestion congestion;
    private final TransmitLatency latency;
    private final EgressLength longest;
    private final Segmenter segmenter = new Segmenter();
    private final PartialChecksum checksum = new PartialChecksum();
    private final FrameBatch batch = new FrameBatch(BATCH);

    /** The first frame of the batch that was not placed yet. */
    private int next;

    private final int[] one = new int[1];
    private volatile long csumCompleted;
    private volatile long segmented;

    /**
     * @param entries of the transmit ring
     * @param mtuBytes of the interface
     */
    XdpTransmitter(
            XdpEntries entries,
            XdpHandOver handOver,
            XdpMemory memory,
            Congestion congestion,
            TransmitLatency latency,
            int mtuBytes) {
        this.entries = entries;
        this.handOver = handOver;
        this.memory = memory;
        this.congestion = congestion;
        this.latency = latency;
        this.longest = new EgressLength(mtuBytes, memory.umem().longestFrame());
    }

    @Override
    public void start(SendQueue queue) {
        if (!entries.isEmpty() && !handOver.flush(queue)) {
            return;
        }
        while (next < batch.count() || fetch(queue)) {
            if (!place(queue) || !handOver.flush(queue)) {
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
        int before = entries.tail();
        while (next < batch.count() && !entries.isFull()) {
            long frame = batch.address(next);
            boolean isGso = VnetHeader.isGso(frame - VnetHeader.BYTES);
            if (isGso ? placeGso(queue, frame) : placeFrame(queue, frame)) {
                continue;
            }
            return entries.tail() != before || isWithoutChunk(queue);
        }
        return true;
    }

    /** There is no chunk for the next frame. True: patience is over, and it is dropped. */
    private boolean isWithoutChunk(SendQueue queue) {
        latency.kick();
        if (!congestion.stall(queue, false, false, latency.kickNs())) {
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
            put(batch.token(next), frame - memory.address(), bytes, XdpEntries.FRAME);
            next++; // the reference is the kernel's now
            return true;
        }
        if (memory.take(one, 1) == 0) {
            return false;
        }
        long offset = memory.umem().offset(one[0]);
        Memory.copy(frame, memory.address() + offset, bytes);
        put(one[0], offset, bytes, XdpEntries.FRAME);
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
            if (entries.isFull() || memory.take(one, 1) == 0) {
                return false;
            }
            long offset = memory.umem().offset(one[0]) + VnetHeader.BYTES;
            int bytes = segmenter.next(memory.address() + offset);
            put(one[0], offset, bytes, segmenter.remaining() == 0 ? XdpEntries.FRAME : XdpEntries.SEGMENT);
        }
        segmented = segmented + 1; // one writer
        batch.release(next, next + 1);
        next++;
        return true;
    }

    private void put(int chunk, long offset, int bytes, byte kind) {
        entries.put(chunk, offset, bytes, batch.stampNs(next), kind);
    }

    private void drop(SendQueue queue, DropReason reason) {
        queue.dropped(reason, 1);
        batch.release(next, next + 1);
        next++;
    }

    /** Sends a frame of our own past the books, if nothing waits; inside the serializer. */
    void inject(byte[] frame, SendQueue queue) {
        if (!entries.isEmpty() || frame.length > memory.umem().longestFrame() || memory.take(one, 1) == 0) {
            return;
        }
        long offset = memory.umem().offset(one[0]);
        for (int i = 0; i < frame.length; i++) {
            Memory.putByte(memory.address() + offset + i, frame[i]);
        }
        entries.put(one[0], offset, frame.length, 0, XdpEntries.UNCOUNTED);
        handOver.flush(queue);
    }

    /** Drops what is in the ring and was not taken, and the rest of the batch; after the start barrier. */
    void discard(SendQueue queue) {
        handOver.empty(queue);
        queue.dropped(DropReason.PURGED, batch.count() - next);
        batch.release(next, batch.count());
        batch.clear();
        next = 0;
        segmenter.cancel();
        congestion.reset();
    }

    OffloadCounters offloads() {
        return new OffloadCounters(csumCompleted, segmented);
    }
}
