package org.ifqd.benchmark;

import org.ifqd.probe.FrameSizes;

/**
 * One trial to be run (RFC 2544, 23).
 *
 * @param sizes as Linux counts them, without the FCS
 * @param rate frames a second and direction; 0 for as fast as possible
 * @param frames that end it, or 0: then the time does
 * @param seconds that end it, or 0: then the number does
 * @param leadRate what is sent before, at another rate and not counted; 0 for as fast as possible
 * @param leadSeconds for how long; 0 for nothing
 */
record Trial(FrameSizes sizes, double rate, long frames, double seconds, double leadRate, double leadSeconds) {
    static Trial of(FrameSizes sizes, double rate, double seconds) {
        return new Trial(sizes, rate, 0, seconds, 0, 0);
    }

    /** So many frames, as fast as possible. */
    static Trial burst(FrameSizes sizes, long frames) {
        return new Trial(sizes, 0, frames, 0, 0, 0);
    }

    Trial after(double rate, double seconds) {
        return new Trial(sizes, this.rate, frames, this.seconds, rate, seconds);
    }
}
