package org.ifqd.frame;

import java.util.Arrays;

/**
 * A place that frames pass, where they can be looked at. Costs one volatile read a batch while nobody does.
 *
 * <p><b>Threading:</b> any thread. After {@link #remove} a thread may still be inside the tap.
 */
public final class TapPoint {
    private static final FrameTap[] NOBODY = {};

    private volatile FrameTap[] taps = NOBODY;

    public synchronized void add(FrameTap tap) {
        FrameTap[] more = Arrays.copyOf(taps, taps.length + 1);
        more[taps.length] = tap;
        taps = more;
    }

    public synchronized void remove(FrameTap tap) {
        taps = Arrays.stream(taps).filter(other -> other != tap).toArray(FrameTap[]::new);
    }

    /** Whether anybody looks; ask once a batch. */
    public boolean isUsed() {
        return taps.length > 0;
    }

    /** Shows a frame to all; see {@link FrameTap#frame}. */
    public void show(long address, int bytes, long stampNs) {
        for (FrameTap tap : taps) {
            tap.frame(address, bytes, stampNs);
        }
    }

    /** Shows all frames of a batch, of this moment. */
    public void show(FrameBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            show(batch.address(i), batch.length(i), FrameTap.NOW);
        }
    }
}
