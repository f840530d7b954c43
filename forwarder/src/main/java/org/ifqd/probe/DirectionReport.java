package org.ifqd.probe;

import java.io.PrintStream;
import org.HdrHistogram.Histogram;

/**
 * The outcome of one direction.
 *
 * @param out where it was sent, or null if that was not ours to do
 * @param in where it was received, or null
 * @param sent null without a sender
 * @param announced how many frames the user said would come, for a receiver without a sender; 0 for unknown
 * @param received null without a receiver
 * @param kernelDrops frames of any kind that the probe was too slow to receive
 */
public record DirectionReport(
        ProbePort out, ProbePort in, SentFrames sent, long announced, Verifier received, long kernelDrops) {

    String name() {
        return (out == null ? "(other process)" : out) + " -> " + (in == null ? "(other process)" : in);
    }

    /** Frames sent as far as is known: counted, announced, or told from the numbers of those that came. */
    public long sentFrames() {
        if (sent != null) {
            return sent.frames();
        }
        return announced > 0 ? announced : received.numbered();
    }

    /** Frames that did not arrive intact; 0 where nobody looked. */
    public long lost() {
        return received == null ? 0 : sentFrames() - received.received();
    }

    /** Of those, how many were sent after the last one of their flow that came. */
    public long lostAtEnd() {
        return received == null ? 0 : sentFrames() - received.numbered();
    }

    /** Distinct intact frames; 0 where nobody looked, as for all that follow. */
    public long receivedFrames() {
        return received == null ? 0 : received.received();
    }

    /** Frames that came after a later one of their flow; those too old to tell from duplicates among them. */
    public long reordered() {
        return received == null
                ? 0
                : received.of(SequenceWindow.Arrival.REORDERED) + received.of(SequenceWindow.Arrival.TOO_OLD);
    }

    public long duplicated() {
        return received == null ? 0 : received.of(SequenceWindow.Arrival.DUPLICATE);
    }

    /** Frames of ours that were changed on their way. */
    public long corrupted() {
        return received == null ? 0 : received.corrupted();
    }

    /** Which of the frames, by the order of sending from 0 on, is the last that was missing; -1 if none is known. */
    public long lastMissing() {
        return received == null ? -1 : received.lastMissing();
    }

    /** Nanoseconds; null where nobody looked. */
    public Histogram latencyNs() {
        return received == null ? null : received.latencyNs();
    }

    /** Writes the latency histogram in microseconds, where frames were received. */
    public void writeHistogram(PrintStream to) {
        if (received != null) {
            to.println("#[" + name() + ", microseconds]");
            received.latencyNs().outputPercentileDistribution(to, 1e3);
        }
    }

    /** Whether frames were sent and every one arrived once, intact and in order. */
    public boolean isClean(boolean allowLoss) {
        boolean allSent = sentFrames() > 0 && (sent == null || sent.refused() == 0);
        if (received == null) {
            return allSent;
        }
        boolean ordered = received.of(SequenceWindow.Arrival.REORDERED) == 0
                && received.of(SequenceWindow.Arrival.DUPLICATE) == 0
                && received.of(SequenceWindow.Arrival.TOO_OLD) == 0;
        return allSent && ordered && received.corrupted() == 0 && (allowLoss || lost() == 0);
    }
}
