package org.ifqd.port.xdp;

import org.ifqd.ifq.SendQueue;
import org.ifqd.linux.Errno;
import org.ifqd.linux.KernelRelease;
import org.ifqd.linux.packet.VnetHeader;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.Congestion;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.DropReason;

/**
 * In copy mode the kernel sends while it is called, frame by frame, and returns at the first that the driver does not
 * take (__xsk_generic_xmit, net/xdp/xsk.c).
 *
 * <p>EAGAIN: the device is full, and the frame is still in the ring. EBUSY: the frame that was taken last was dropped,
 * by a full device or for good: it is put back in front, with the patience of {@link Congestion}, as AF_PACKET's
 * transmit ring does by itself; or it is counted. Its chunk is on its way back, so the completion ring is held until it
 * was copied.
 *
 * <p>Which one was taken last is told by the consumer's counter, since Linux 6.17 at once. An older kernel tells it
 * when it has emptied the ring: so it sees no more entries than it takes by one call, and after a drop one at a time.
 */
final class CopyHandOver extends XdpHandOver {
    /** TX_BATCH_SIZE, net/xdp/xsk.c. */
    private static final int AT_ONCE = 32;

    /** Frames that are handed over one by one after one was lost that nobody could name. */
    private static final int CAREFUL_FRAMES = 256;

    private static final boolean TELLS_AT_ONCE = KernelRelease.isAtLeast(6, 17);

    private final XdpMemory memory;
    private final int[] one = new int[1];
    private int careful;

    /** Frames that were dropped among those that are in the kernel's hands. */
    private int lost;

    CopyHandOver(
            XdpSocket socket,
            XdpEntries entries,
            XdpCompletion completion,
            Congestion congestion,
            TransmitLatency latency,
            XdpMemory memory) {
        super(socket, entries, completion, congestion, latency);
        this.memory = memory;
    }

    @Override
    boolean flush(SendQueue queue) {
        boolean isDone = true;
        while (isDone && !entries.isEmpty()) {
            isDone = call(queue);
        }
        completion.reclaim();
        return isDone;
    }

    /** One system call. False: oactive is set. */
    private boolean call(SendQueue queue) {
        int seen = entries.publish(careful > 0 ? 1 : AT_ONCE);
        latency.kick();
        completion.hold();
        try {
            int errno = socket.kick();
            int taken = entries.taken();
            if (errno == Errno.EBUSY) {
                return dropped(queue, seen, taken);
            }
            if (taken > 0) {
                took(queue, taken);
                return true;
            }
        } finally {
            completion.letGo();
        }
        congestion.awaitRoom(queue, latency.kickNs());
        return false;
    }

    private void took(SendQueue queue, int taken) {
        careful = Math.max(0, careful - taken);
        int frames = settle(queue, taken, lost);
        if (frames > 0) {
            queue.dropped(DropReason.NO_BUFFER, frames);
        }
        lost = 0;
    }

    /** The driver has dropped the one that was taken last. */
    private boolean dropped(SendQueue queue, int seen, int taken) {
        int gone = taken > 0 ? taken : seen == 1 || TELLS_AT_ONCE ? 1 : 0;
        if (gone == 0) {
            lost++;
            careful = CAREFUL_FRAMES;
            return true;
        }
        if (gone > 1) {
            took(queue, gone - 1);
        }
        if (congestion.stall(queue, true, false, latency.kickNs())) {
            boolean isRefused = congestion.wasRefusal(false) || congestion.isQuiet(latency.kickNs());
            giveUp(queue, isRefused ? DropReason.REFUSED : DropReason.NO_BUFFER);
            return true;
        }
        // reclaims nothing: the chunk of the dropped one must not be used again before it was copied
        if (memory.takeFree(one, 0, 1) == 1) {
            entries.putBack(memory.address(), one[0], memory.umem().offset(one[0]) + VnetHeader.BYTES);
        } else {
            giveUp(queue, DropReason.NO_BUFFER);
        }
        return false;
    }

    private void giveUp(SendQueue queue, DropReason reason) {
        if (entries.kind(entries.head()) == XdpEntries.FRAME) {
            queue.dropped(reason, 1);
        }
        entries.remove(1);
    }

    @Override
    protected long latencyNs(int entry) {
        return latency.kickNs() - entries.stampNs(entry);
    }

    /** What the kernel sees cannot be taken back: it is made to pass over it, and tells how much it was. */
    @Override
    void empty(SendQueue queue) {
        int seen = entries.published();
        if (seen > 0) {
            long before = socket.passedOver();
            entries.replaceByNothing();
            int errno = socket.kick();
            int left = (int) Math.min(seen, socket.passedOver() - before);
            took(queue, errno == 0 || errno == Errno.EAGAIN ? seen - left : entries.taken());
        }
        int frames = 0;
        for (int i = entries.head(); i != entries.tail(); i++) {
            memory.release(entries.chunk(i), 1);
            frames += entries.kind(i) == XdpEntries.FRAME ? 1 : 0;
        }
        entries.clear();
        queue.dropped(DropReason.PURGED, frames);
    }
}
