package org.ifqd.port;

import java.util.function.LongConsumer;
import org.ifqd.ifq.SendQueue;

/**
 * What to do when the kernel has no buffer for the next frame: set oactive, have the port try again after a pause
 * that grows, and give the frame up when it has made no way for {@link #GIVE_UP_NS}. So neither is a frame dropped in a burst,
 * nor can one frame that a driver always refuses stop the port for ever.
 *
 * <p><b>Threading:</b> inside the serializer.
 */
public final class Congestion {
    private static final long FIRST_PAUSE_NS = 20_000;
    private static final long LONGEST_PAUSE_NS = 10_000_000;
    private static final long GIVE_UP_NS = 250_000_000;

    private final LongConsumer awaitRetry;
    private long pauseNs = FIRST_PAUSE_NS;
    private long sinceNs;
    private boolean stalled;

    /** @param awaitRetry asks for a restart after so many nanoseconds; called after oactive was set */
    public Congestion(LongConsumer awaitRetry) {
        this.awaitRetry = awaitRetry;
    }

    /** The kernel has taken something. */
    public void progress() {
        stalled = false;
        pauseNs = FIRST_PAUSE_NS;
    }

    /** Sets oactive and asks for a restart after a pause. True when the first frame has been tried for long enough. */
    public boolean stall(SendQueue queue) {
        long now = System.nanoTime();
        if (!stalled) {
            stalled = true;
            sinceNs = now;
        }
        boolean giveUp = now - sinceNs > GIVE_UP_NS;
        if (giveUp) {
            progress();
        }
        queue.setOactive();
        awaitRetry.accept(pauseNs);
        pauseNs = Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
        return giveUp;
    }
}
