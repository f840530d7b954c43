package org.ifqd.port;

import java.util.function.LongConsumer;
import org.ifqd.ifq.SendQueue;

/**
 * The behaviour when the kernel has no buffer for the next frame: set oactive, have the port try again after a pause
 * that grows, and give the frame up when patience is over.
 *
 * <p>ENOBUFS and ENOMEM have two meanings that no call tells apart. The device's ring or the queueing discipline is
 * full: the frame is taken later, and up to {@link #LONGEST_PATIENCE_NS} is waited for that. Or the kernel will never
 * take this frame (veth whose peer has a smaller MTU, a filter on the egress hook, a GSO frame that validate_xmit_skb
 * refuses): then each moment of waiting is taken from the frames behind. What happens around the frame tells, so
 * patience follows it:
 *
 * <ul>
 *   <li>A device to which hardly anything was sent lately is not full: {@link #LEAST_PATIENCE_NS}. So a run of refused
 *       frames costs little more than the first one.
 *   <li>A frame was given up and the one behind it passed at once: that one was refused; patience shrinks.
 *   <li>A frame was taken after waiting: that was congestion; patience is at least a multiple of that wait.
 *   <li>No frame was refused for {@link #MEMORY_NS}: patience is whole again.
 * </ul>
 *
 * <p><b>Threading:</b> inside the serializer. Times are nanoseconds of any one clock.
 */
public final class Congestion {
    static final long LONGEST_PATIENCE_NS = 250_000_000;
    static final long LEAST_PATIENCE_NS = 50_000;
    static final long MEMORY_NS = 10_000_000_000L;

    private static final long FIRST_PAUSE_NS = 20_000;
    private static final long LONGEST_PAUSE_NS = 10_000_000;

    /**
     * How much shorter patience gets with a frame that was refused, and how much longer than a wait that was worth it.
     */
    private static final int SHRINK = 16;

    private static final int MARGIN = 8;

    /**
     * Fewer frames in 5 to 10 ms do not fill a device that gives them away at once, as veth and tap do; the smallest
     * ring of a driver has as many. One that keeps frames for longer shows them in flight.
     */
    private static final int QUIET_FRAMES = 64;

    private static final long WINDOW_NS = 5_000_000;

    private final LongConsumer awaitRetry;
    private long patienceNs = LONGEST_PATIENCE_NS;
    private long refusedNs;
    private long pauseNs = FIRST_PAUSE_NS;
    private long sinceNs;

    /**
     * Since when, in this stall, it may be a refusal: without a carrier none is, and what comes right after it says
     * nothing yet.
     */
    private long refusableSinceNs;

    private boolean stalled;

    /** Whether the device was quiet when it stalled. */
    private boolean wasQuiet;

    private boolean givenUp;

    /**
     * Of the frames given up since one was taken, whether the first was waited for in vain: then the others are no
     * proof.
     */
    private boolean inVain;

    private boolean wasShort;

    /** Frames taken in the present window and in the one before. */
    private long windowNs;

    private long inWindow;
    private long before;

    /** @param awaitRetry asks for a restart after so many nanoseconds; called after oactive was set */
    public Congestion(LongConsumer awaitRetry) {
        this.awaitRetry = awaitRetry;
    }

    /** The kernel has taken so many frames. */
    public void progress(int frames, long nowNs) {
        roll(nowNs);
        inWindow += frames;
        if (stalled) {
            long waitedNs = nowNs - sinceNs;
            patienceNs = Math.max(patienceNs, Math.min(waitedNs * MARGIN, LONGEST_PATIENCE_NS));
            stalled = false;
            pauseNs = FIRST_PAUSE_NS;
        } else if (givenUp) {
            patienceNs = Math.max(patienceNs / SHRINK, LEAST_PATIENCE_NS);
            refusedNs = nowNs;
        }
        givenUp = false;
        inVain = false;
    }

    /** Whether so little was sent lately that the device cannot be full: a frame that it drops now it has refused. */
    public boolean isQuiet(long nowNs) {
        roll(nowNs);
        return inWindow + before < QUIET_FRAMES;
    }

    private void roll(long nowNs) {
        long elapsedNs = nowNs - windowNs;
        if (elapsedNs >= WINDOW_NS || elapsedNs < 0) {
            before = elapsedNs < 2 * WINDOW_NS ? inWindow : 0;
            inWindow = 0;
            windowNs = nowNs;
        }
    }

    /**
     * The kernel does not take the next frame. Sets oactive and asks for a restart after a pause; or, when patience is
     * over, does neither: the frame is to be dropped, and the next one tried at once.
     *
     * @param mayBeRefusal whether the error can also mean that this very frame will never be taken
     * @param inFlight whether frames that were sent are known to wait in the device
     * @return whether the frame is to be dropped
     */
    public boolean stall(SendQueue queue, boolean mayBeRefusal, boolean inFlight, long nowNs) {
        begin(nowNs);
        if (!mayBeRefusal) {
            wasQuiet = false;
            refusableSinceNs = nowNs;
        }
        long mostNs = patience(mayBeRefusal, inFlight, nowNs);
        if (nowNs - (mayBeRefusal ? refusableSinceNs : sinceNs) > mostNs) {
            inVain |= mostNs > LEAST_PATIENCE_NS;
            wasShort = !inVain;
            stalled = false;
            givenUp = true;
            return true;
        }
        retry(queue);
        return false;
    }

    /**
     * The device is full, and no frame is to be given up for that: sets oactive and asks for a restart after a pause.
     */
    public void awaitRoom(SendQueue queue, long nowNs) {
        begin(nowNs);
        wasQuiet = false;
        retry(queue);
    }

    private void begin(long nowNs) {
        if (!stalled || nowNs < sinceNs) {
            stalled = true;
            sinceNs = nowNs;
            refusableSinceNs = nowNs;
            pauseNs = FIRST_PAUSE_NS;
            wasQuiet = isQuiet(nowNs);
        }
    }

    private void retry(SendQueue queue) {
        queue.setOactive();
        awaitRetry.accept(pauseNs);
        pauseNs = Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
    }

    private long patience(boolean mayBeRefusal, boolean inFlight, long nowNs) {
        if (!mayBeRefusal) {
            return LONGEST_PATIENCE_NS;
        }
        if (wasQuiet && !inFlight) {
            return LEAST_PATIENCE_NS;
        }
        if (nowNs - refusedNs > MEMORY_NS) {
            patienceNs = LONGEST_PATIENCE_NS;
        }
        return patienceNs;
    }

    /**
     * Whether the frame that was given up last was most likely refused: nothing spoke for congestion, or the next one
     * passed at once.
     */
    public boolean wasRefusal(boolean nextPassed) {
        return nextPassed || wasShort;
    }

    /** The port was paused: what stalled before is gone. */
    public void reset() {
        stalled = false;
        givenUp = false;
        inVain = false;
        pauseNs = FIRST_PAUSE_NS;
    }
}
