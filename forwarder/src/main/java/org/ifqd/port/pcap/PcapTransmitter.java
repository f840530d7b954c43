package org.ifqd.port.pcap;

import java.nio.ByteBuffer;
import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.LockedDriver;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TwoPhaseDequeue;
import org.ifqd.linux.Errno;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.TxRing;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.port.Congestion;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.TransmitLatency;
import org.ifqd.port.offload.PartialChecksum;
import org.ifqd.port.offload.Segmenter;
import org.ifqd.stats.DropReason;

/**
 * The start routine of a libpcap port: looks at the head of the queue, sends it, and removes it only when it was taken.
 * A frame that the kernel refuses for want of a buffer stays at the head.
 *
 * <p>libpcap knows nothing of checksum and segmentation metadata. Where a frame from another backend has some, it is
 * finished or cut here.
 *
 * <p><b>Threading:</b> inside the start routine, with the kernel lock held; {@link #offloads} from any thread.
 */
final class PcapTransmitter implements LockedDriver {
    /** A handle's way to send; so that a test can refuse. */
    interface FrameSender {
        /** Returns 0, or minus the errno. */
        int send(long frame, int bytes);
    }

    private static final int MOST_SEGMENT_BYTES = 1 << 16;

    private final FrameSender sender;
    private final Congestion congestion;
    private final TransmitLatency latency;
    private final Segmenter segmenter = new Segmenter();
    private final PartialChecksum checksum = new PartialChecksum();
    private final FrameBatch head = new FrameBatch(1);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(VnetHeader.BYTES + MOST_SEGMENT_BYTES);
    private final long segment = Memory.addressOf(memory) + VnetHeader.BYTES;

    /** Length of the segment that was cut and not taken yet, or 0; and what of its GSO frame has been taken. */
    private int segmentBytes;

    private int takenBytes;

    private volatile long csumCompleted;
    private volatile long segmented;

    PcapTransmitter(FrameSender sender, Congestion congestion, TransmitLatency latency) {
        this.latency = latency;
        this.sender = sender;
        this.congestion = congestion;
    }

    @Override
    public void start(SendQueue queue, TwoPhaseDequeue dequeue) {
        while (dequeue.begin(head)) {
            long frame = head.address(0);
            latency.kick();
            int errno = VnetHeader.isGso(frame - VnetHeader.BYTES)
                    ? sendSuperframe(frame, head.length(0))
                    : sendFrame(frame, head.length(0));
            if (errno == 0) {
                dequeue.commit();
                latency.leftAtOnce(head.stampNs(0));
                queue.sent(1, takenBytes);
                congestion.progress(1, latency.kickNs());
            } else if (!TxRing.isCongestion(errno)) {
                dequeue.commit();
                queue.dropped(errno == Errno.EMSGSIZE ? DropReason.TOO_BIG : DropReason.REFUSED, 1);
            } else if (congestion.stall(queue, TxRing.mayBeRefusal(errno), false, latency.kickNs())) {
                dequeue.commit();
                queue.dropped(congestion.wasRefusal(false) ? DropReason.REFUSED : DropReason.NO_BUFFER, 1);
            } else {
                dequeue.rollback();
                return;
            }
            finishHead();
        }
    }

    /** The head has left the queue, sent or dropped. */
    private void finishHead() {
        forgetSegments();
        head.release(0, 1);
    }

    private int sendFrame(long frame, int bytes) {
        if (VnetHeader.needsChecksum(frame - VnetHeader.BYTES) && checksum.finish(frame, bytes)) {
            csumCompleted = csumCompleted + 1; // one writer
        }
        takenBytes = bytes;
        return -sender.send(frame, bytes);
    }

    /** Sends what is left of the GSO frame. 0: all of it is sent; EMSGSIZE or EINVAL: it cannot be. */
    private int sendSuperframe(long frame, int bytes) {
        if (segmentBytes == 0) {
            int segments = segmenter.begin(frame, bytes);
            if (segments <= 0) {
                return Errno.EINVAL; // malformed, or of a kind that only the kernel could cut
            }
            if (segmenter.longestSegment() > MOST_SEGMENT_BYTES) {
                return Errno.EMSGSIZE;
            }
            segmentBytes = segmenter.next(segment);
        }
        while (segmentBytes > 0) {
            int errno = -sender.send(segment, segmentBytes);
            if (errno != 0) {
                return errno;
            }
            takenBytes += segmentBytes;
            segmentBytes = segmenter.next(segment);
        }
        segmented = segmented + 1; // one writer
        return 0;
    }

    /** The head will not be gone on with: it was sent, dropped, or is about to be purged. */
    void forgetSegments() {
        segmenter.cancel();
        segmentBytes = 0;
        takenBytes = 0;
    }

    OffloadCounters offloads() {
        return new OffloadCounters(csumCompleted, segmented);
    }
}
