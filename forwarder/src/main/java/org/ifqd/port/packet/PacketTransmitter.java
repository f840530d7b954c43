package org.ifqd.port.packet;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.MpsafeDriver;
import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.Errno;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TransmitOffloads;
import org.ifqd.linux.packet.TxRing;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.port.Congestion;
import org.ifqd.port.EgressLength;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.TransmitLatency;
import org.ifqd.port.offload.PartialChecksum;
import org.ifqd.port.offload.Segmenter;
import org.ifqd.stats.DropReason;

/**
 * The start routine of an AF_PACKET lane: batches from the send queue into the transmit ring, one kick a batch.
 *
 * <p>GSO frames (GSO, up to 64 KiB) do not fit into a slot. Where the interface cuts them itself they leave by a send
 * of their own, straight from the receive block, after the ring has been flushed, so that the order stays; where it
 * does not, they are cut into slots here. Checksums that the sender left to the NIC are finished here if the interface
 * cannot.
 *
 * <p>What cannot be placed stays where it is, in the ring or in the batch, until the next start.
 *
 * <p><b>Threading:</b> inside the serializer only, as {@link MpsafeDriver} says; {@link #discard} after the start
 * barrier; {@link #offloads} from any thread.
 */
final class PacketTransmitter implements MpsafeDriver {
    /** Frames between two kicks. */
    static final int BATCH = 256;

    private final TxRing ring;
    private final PacketSocket direct;
    private final TxCompletion completion;
    private final Congestion congestion;
    private final TransmitOffloads offloads;
    private final TransmitLatency latency;
    private final HomeProcessor home;
    private final Segmenter segmenter = new Segmenter();
    private final PartialChecksum checksum = new PartialChecksum();
    private final EgressLength longest;
    private final FrameBatch batch = new FrameBatch(BATCH);

    /** The first frame of the batch that was not placed yet, and free slots that are known of. */
    private int next;

    private int room;

    private volatile long csumCompleted;
    private volatile long segmented;

    /**
     * @param direct a socket of the same interface without a ring, for GSO frames
     * @param offloads of the interface
     * @param mtuBytes of the interface
     * @param latency with room for the ring's slots
     * @param home where its system calls are made
     */
    PacketTransmitter(
            TxRing ring,
            PacketSocket direct,
            TxCompletion completion,
            TransmitOffloads offloads,
            int mtuBytes,
            TransmitLatency latency,
            HomeProcessor home) {
        this.ring = ring;
        this.direct = direct;
        this.completion = completion;
        this.congestion = new Congestion(completion::awaitRetry);
        this.offloads = offloads;
        this.latency = latency;
        this.home = home;
        ring.beforeSecondCall(home::mayCallAgain);
        this.longest = new EgressLength(mtuBytes, ring.largestFrame());
    }

    @Override
    public void start(SendQueue queue) {
        if (ring.pending() > 0 && !flush(queue)) {
            return;
        }
        while (next < batch.count() || fetch(queue)) {
            if (!place(queue) || !flush(queue)) {
                return;
            }
        }
    }

    /**
     * Gets the next batch, no more than fits into the ring. False: the queue is empty, or the ring is full and oactive.
     */
    private boolean fetch(SendQueue queue) {
        room = ring.space(BATCH);
        if (room == 0) {
            awaitSlot(queue);
            return false;
        }
        next = 0;
        return queue.dequeue(batch, room) > 0;
    }

    private void awaitSlot(SendQueue queue) {
        queue.setOactive();
        completion.awaitSlot(ring.nextSlot());
    }

    /**
     * A free slot, after a flush if need be. False: the ring is full or the kernel is congested, and oactive is set.
     */
    private boolean hasRoom(SendQueue queue) {
        if (room > 0) {
            return true;
        }
        if (!flush(queue)) {
            return false;
        }
        room = ring.space(BATCH);
        if (room == 0) {
            awaitSlot(queue);
        }
        return room > 0;
    }

    /** Places the rest of the batch. False: stalled in the middle; the rest stays in the batch for the next start. */
    private boolean place(SendQueue queue) {
        int from = next;
        int n = batch.count();
        while (next < n) {
            long frame = batch.address(next);
            if (VnetHeader.isGso(frame - VnetHeader.BYTES)) {
                batch.release(from, next);
                from = next;
                if (!placeSuperframe(queue, frame, next)) {
                    return false;
                }
            } else if (!hasRoom(queue)) {
                batch.release(from, next);
                return false;
            } else {
                placeFrame(queue, frame, next);
            }
            next++;
        }
        batch.release(from, n); // the ring has its own copy
        return true;
    }

    private void placeFrame(SendQueue queue, long frame, int i) {
        int bytes = batch.length(i);
        if (longest.isExceeded(frame, bytes)) {
            queue.dropped(DropReason.TOO_BIG, 1);
            return;
        }
        long vnet = frame - VnetHeader.BYTES;
        if (VnetHeader.needsChecksum(vnet)
                && (!offloads.checksum() || PartialChecksum.isOurs(vnet))
                && checksum.finish(frame, bytes)) {
            csumCompleted = csumCompleted + 1; // one writer
        }
        ring.put(frame, bytes);
        latency.placed(batch.stampNs(i));
        room--;
    }

    /** True when the GSO frame is done with: placed, sent or dropped. */
    private boolean placeSuperframe(SendQueue queue, long frame, int i) {
        int bytes = batch.length(i);
        if (segmenter.remaining() > 0) {
            return placeSegments(queue, i); // went on from where the ring was full
        }
        int segments = segmenter.begin(frame, bytes);
        if (segments < 0) {
            queue.dropped(DropReason.REFUSED, 1);
        } else if (longest.isExceeded(frame, segmenter.longestSegment())) {
            queue.dropped(DropReason.TOO_BIG, 1);
        } else if (offloads.segmentation() && segmenter.canBeSentWhole()) {
            segmenter.cancel();
            return flush(queue) && sendWhole(queue, frame, i);
        } else {
            return placeSegments(queue, i);
        }
        segmenter.cancel();
        return true;
    }

    private boolean placeSegments(SendQueue queue, int i) {
        while (segmenter.remaining() > 0) {
            if (!hasRoom(queue)) {
                return false;
            }
            int bytes = segmenter.next(ring.reserve());
            ring.publish(bytes, segmenter.remaining() > 0);
            room--;
        }
        latency.placed(batch.stampNs(i)); // the kernel has not seen the last segment yet, with which the frame is taken
        segmented = segmented + 1; // one writer
        return true;
    }

    private boolean sendWhole(SendQueue queue, long frame, int i) {
        int bytes = batch.length(i);
        latency.kick();
        long result = send(frame - VnetHeader.BYTES, (long) bytes + VnetHeader.BYTES);
        if (result >= 0) {
            latency.leftAtOnce(batch.stampNs(i));
            queue.sent(1, bytes);
            congestion.progress(1, latency.kickNs());
            return true;
        }
        int errno = (int) -result;
        if (errno == Errno.EINVAL || errno == Errno.ENOMEM) {
            return segmenter.begin(frame, bytes) > 0 && placeSegments(queue, i); // the kernel cannot cut it: we can
        }
        if (!TxRing.isCongestion(errno)) {
            queue.dropped(DropReason.REFUSED, 1);
            return true;
        }
        if (isGivenUp(queue, errno)) {
            queue.dropped(congestion.wasRefusal(false) ? DropReason.REFUSED : DropReason.NO_BUFFER, 1);
            return true;
        }
        return false;
    }

    private boolean isGivenUp(SendQueue queue, int errno) {
        boolean mayBeRefusal = TxRing.mayBeRefusal(errno) && direct.isRunning(); // without a carrier none is taken
        return congestion.stall(queue, mayBeRefusal, ring.isInFlight(), latency.kickNs());
    }

    /** Bytes sent, or minus the errno, for which a send that failed is made once more: it did nothing. */
    private long send(long address, long bytes) {
        if (!home.mayCall()) {
            return -Errno.EAGAIN;
        }
        long result = direct.sendQuick(address, bytes);
        if (result < 0) {
            result = home.mayCallAgain() ? direct.send(address, bytes) : -Errno.EAGAIN;
        }
        home.called();
        return result;
    }

    /** Kicks. True when the kernel has taken all; false when it stalled, oactive is set and a restart will come. */
    private boolean flush(SendQueue queue) {
        int errno = kick(queue);
        while (ring.pending() > 0) {
            if (errno != 0 && ring.isRefused()) {
                errno = removeFirst(queue, true);
            } else if (isGivenUp(queue, errno)) {
                errno = removeFirst(queue, false);
            } else {
                return false;
            }
        }
        return true;
    }

    /** Drops the frame that the kernel stands at, and kicks: what becomes of the next one tells what was the matter. */
    private int removeFirst(SendQueue queue, boolean isMalformed) {
        int frames = ring.removeFirst();
        latency.dropped(frames);
        int behind = ring.pending();
        int errno = kick(queue);
        boolean nextPassed = ring.pending() < behind;
        boolean isRefused = isMalformed || congestion.wasRefusal(nextPassed);
        queue.dropped(isRefused ? DropReason.REFUSED : DropReason.NO_BUFFER, frames);
        return errno;
    }

    private int kick(SendQueue queue) {
        if (ring.pending() == 0) {
            return 0;
        }
        latency.kick();
        if (!home.mayCall()) { // as late as possible
            return Errno.EAGAIN;
        }
        int errno = ring.kick();
        home.called();
        if (ring.takenBytes() > 0) {
            latency.left(ring.takenFrames());
            queue.sent(ring.takenFrames(), ring.takenBytes());
            congestion.progress(ring.takenFrames(), latency.kickNs());
        }
        return errno;
    }

    /**
     * Drops what is in the ring and was not taken, and the rest of the batch; after the start barrier, before
     * unmapping.
     */
    void discard(SendQueue queue) {
        queue.dropped(DropReason.PURGED, ring.pendingFrames() + batch.count() - next);
        batch.release(next, batch.count());
        batch.clear();
        next = 0;
        segmenter.cancel();
        congestion.reset();
        latency.discard();
        ring.discardPending();
    }

    OffloadCounters offloads() {
        return new OffloadCounters(csumCompleted, segmented);
    }
}
