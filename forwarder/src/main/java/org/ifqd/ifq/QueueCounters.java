package org.ifqd.ifq;

import java.util.List;
import org.ifqd.stats.DropReason;

/**
 * A consistent snapshot of a {@link SendQueue}: all of it was true at one moment.
 *
 * @param received frames offered to the queue, or refused in front of it
 * @param receivedBytes their bytes
 * @param multicasts those of the received with the group bit
 * @param sent frames that the device has taken
 * @param sentBytes their bytes
 * @param dropped frames by {@link DropReason#ordinal}
 * @param length frames in the queue
 * @param inDriver frames that the start routine has taken and not yet reported as sent or dropped
 * @param maxLength the largest length so far
 * @param capacity the length at which the queue is full
 * @param oactive the transmit ring is full, start waits for completion
 * @param oactives how often it became so
 */
public record QueueCounters(
        long received,
        long receivedBytes,
        long multicasts,
        long sent,
        long sentBytes,
        long[] dropped,
        int length,
        int inDriver,
        int maxLength,
        int capacity,
        boolean oactive,
        long oactives) {

    /** The counters of a queue that there is not yet: all zero. */
    public static QueueCounters none(int capacity) {
        return new QueueCounters(0, 0, 0, 0, 0, new long[DropReason.count()], 0, 0, 0, capacity, false, 0);
    }

    /** The sums of several queues of one interface; the largest length is that of one of them. At least one. */
    public static QueueCounters sum(List<QueueCounters> queues) {
        QueueCounters sum = queues.getFirst();
        for (QueueCounters queue : queues.subList(1, queues.size())) {
            sum = sum.and(queue);
        }
        return sum;
    }

    private QueueCounters and(QueueCounters other) {
        QueueCounters sums = plus(other);
        return new QueueCounters(
                sums.received,
                sums.receivedBytes,
                sums.multicasts,
                sums.sent,
                sums.sentBytes,
                sums.dropped,
                length + other.length,
                inDriver + other.inDriver,
                sums.maxLength,
                capacity + other.capacity,
                oactive || other.oactive,
                sums.oactives);
    }

    /** Frames dropped, for all reasons. */
    public long droppedTotal() {
        long sum = 0;
        for (long n : dropped) {
            sum += n;
        }
        return sum;
    }

    /** Frames dropped for one reason. */
    public long dropped(DropReason reason) {
        return dropped[reason.ordinal()];
    }

    /** Frames that the driver is done with: sent, or dropped behind the queue. Grows as long as the port makes way. */
    public long departed() {
        return sent
                + dropped(DropReason.TOO_BIG)
                + dropped(DropReason.REFUSED)
                + dropped(DropReason.NO_BUFFER)
                + dropped(DropReason.PURGED);
    }

    /** Frames that are neither sent nor dropped yet. */
    public long queued() {
        return (long) length + inDriver;
    }

    /** {@code received - sent - dropped - queued}: 0, or a frame was lost without a trace or counted twice. */
    public long unaccounted() {
        return received - sent - droppedTotal() - queued();
    }

    /**
     * These of a queue and those of the one that was in its place before: sums, but for what is a state, which is the
     * new one's. The old one must be empty.
     */
    public QueueCounters plus(QueueCounters before) {
        long[] sum = dropped.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += before.dropped[i];
        }
        return new QueueCounters(
                received + before.received,
                receivedBytes + before.receivedBytes,
                multicasts + before.multicasts,
                sent + before.sent,
                sentBytes + before.sentBytes,
                sum,
                length,
                inDriver,
                Math.max(maxLength, before.maxLength),
                capacity,
                oactive,
                oactives + before.oactives);
    }
}
