package org.ifqd.probe;

import org.HdrHistogram.Histogram;

/**
 * The frames that a sender sent.
 *
 * @param frames taken by the kernel
 * @param refused frames that the kernel will not take, for their length
 * @param warmUp frames sent before those that count
 * @param elapsedNs from the first to the last that counts
 * @param rate frames a second that were asked for, 0 for as fast as possible
 * @param lateNs how late each system call began to send, against the time that the rate gives its first frame; empty
 *     without a rate
 */
public record SentFrames(
        long frames, long bytes, long refused, long warmUp, long elapsedNs, double rate, Histogram lateNs) {
    /** Frames a second. */
    public double perSecond() {
        return elapsedNs == 0 ? 0 : frames * 1e9 / elapsedNs;
    }

    /** By which part it fell short of the rate, 0 to 1; 0 without a rate. A frame more or less says nothing. */
    public double shortfall() {
        double due = rate * elapsedNs / 1e9 - 1;
        return due <= 0 ? 0 : Math.max(0, 1 - frames / due);
    }
}
