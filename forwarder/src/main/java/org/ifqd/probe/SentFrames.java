package org.ifqd.probe;

/**
 * The frames that a sender sent.
 *
 * @param frames taken by the kernel
 * @param refused frames that the kernel will not take, for their length
 * @param warmUp frames sent before those that count
 * @param elapsedNs from the first to the last that counts
 */
public record SentFrames(long frames, long bytes, long refused, long warmUp, long elapsedNs) {
    double perSecond() {
        return elapsedNs == 0 ? 0 : frames * 1e9 / elapsedNs;
    }
}
