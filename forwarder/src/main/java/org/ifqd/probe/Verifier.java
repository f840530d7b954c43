package org.ifqd.probe;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;

/**
 * The account of what arrived. Each frame is in exactly one of received, duplicates, too old, damaged (three kinds),
 * warm-up, foreign; reordered ones are part of received.
 *
 * <p><b>Threading:</b> one thread; another may read when that one has ended.
 */
public final class Verifier {
    private static final long LONGEST_NS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final Recognizer recognizer;
    private final SequenceWindow window;
    private final long[] verdicts = new long[Verdict.values().length];
    private final long[] arrivals = new long[SequenceWindow.Arrival.values().length];
    private final Histogram latencyNs = new Histogram(1, LONGEST_NS, DIGITS);
    private long negativeLatencies;
    private long receivedBytes;

    /** @param window its number of flows says which flows are ours */
    Verifier(ProbeStream stream, SequenceWindow window) {
        this.recognizer = new Recognizer(stream);
        this.window = window;
    }

    /**
     * Takes one frame into account.
     *
     * @param frame from the first byte of the Ethernet header on; position and limit are moved
     * @param timeNs when it was received, CLOCK_REALTIME
     * @return what it is
     */
    Verdict accept(ByteBuffer frame, int bytes, long timeNs) {
        Verdict verdict = recognizer.look(frame, bytes);
        int ip = recognizer.ipOffset();
        if (verdict == Verdict.INTACT) {
            int flow = frame.getShort(ip + ProbeFrame.FLOW) & 0xffff;
            if (flow < window.flows()) {
                count(window.arrive(flow, frame.getInt(ip + ProbeFrame.SEQUENCE)), frame, bytes, timeNs);
            } else {
                verdict = Verdict.FOREIGN; // the sender is another probe's, or was told another number of flows
            }
        }
        verdicts[verdict.ordinal()]++;
        return verdict;
    }

    private void count(SequenceWindow.Arrival arrival, ByteBuffer frame, int bytes, long timeNs) {
        arrivals[arrival.ordinal()]++;
        if (arrival == SequenceWindow.Arrival.IN_ORDER || arrival == SequenceWindow.Arrival.REORDERED) {
            receivedBytes += bytes;
            long ns = ProbeFrame.ageNs(frame, recognizer.ipOffset(), timeNs);
            if (ns < 0) {
                negativeLatencies++;
            } else {
                latencyNs.recordValue(Math.min(ns, LONGEST_NS));
            }
        }
    }

    /** Distinct intact frames. */
    long received() {
        return of(SequenceWindow.Arrival.IN_ORDER) + of(SequenceWindow.Arrival.REORDERED);
    }

    long receivedBytes() {
        return receivedBytes;
    }

    long of(SequenceWindow.Arrival arrival) {
        return arrivals[arrival.ordinal()];
    }

    long of(Verdict verdict) {
        return verdicts[verdict.ordinal()];
    }

    long corrupted() {
        return of(Verdict.WRONG_ADDRESSES) + of(Verdict.WRONG_TAGS) + of(Verdict.WRONG_CONTENT);
    }

    /** Frames that were sent as far as the numbers that arrived tell; those lost at the very end cannot be seen. */
    long numbered() {
        return window.numbered();
    }

    /** As {@link SequenceWindow#lastMissing}. */
    long lastMissing() {
        return window.lastMissing();
    }

    Histogram latencyNs() {
        return latencyNs;
    }

    /** Frames that arrived before they were sent: the clock was set back. They are in no histogram. */
    long negativeLatencies() {
        return negativeLatencies;
    }
}
