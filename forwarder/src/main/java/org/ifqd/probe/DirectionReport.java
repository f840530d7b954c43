package org.ifqd.probe;

import java.io.PrintStream;

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
    long sentFrames() {
        if (sent != null) {
            return sent.frames();
        }
        return announced > 0 ? announced : received.numbered();
    }

    /** Frames that did not arrive intact; 0 where nobody looked. */
    long lost() {
        return received == null ? 0 : sentFrames() - received.received();
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
