package org.ifqd.port;

import java.util.concurrent.TimeUnit;
import org.ifqd.frame.FrameBatch;
import org.ifqd.linux.Libc;
import org.ifqd.linux.RealtimeClock;

/**
 * Marks frames that were received longer ago than a bound: after a stop of the process, or of the whole machine, their
 * senders have long sent them again.
 *
 * <p>Stamps are of CLOCK_REALTIME, which can be set. A jump of it shows against CLOCK_MONOTONIC, and frames that were
 * stamped before a jump was seen are believed to be fresh.
 *
 * <p><b>Threading:</b> the receive worker. <b>Allocation:</b> none after construction.
 */
public final class FrameAge {
    private final RealtimeClock clock;
    private final long mostNs;
    private final long jumpNs;
    private long offsetNs;
    private long trustedNs;

    /** @param mostMs milliseconds that a frame may be old, 0 for any */
    public FrameAge(Libc libc, int mostMs) {
        clock = new RealtimeClock(libc);
        mostNs = TimeUnit.MILLISECONDS.toNanos(mostMs);
        jumpNs = mostNs / 4;
        offsetNs = mostMs == 0 ? 0 : clock.nowNs() - System.nanoTime();
    }

    /** Marks the frames from this one on that are too old as {@link FrameBatch#STALE}. The first one is the oldest. */
    public void mark(FrameBatch batch, int from) {
        if (mostNs == 0 || from == batch.count()) {
            return;
        }
        long nowNs = clock.nowNs();
        long offset = nowNs - System.nanoTime();
        if (Math.abs(offset - offsetNs) > jumpNs) {
            trustedNs = nowNs;
        }
        offsetNs = offset;
        if (isTooOld(batch.stampNs(from), nowNs)) {
            for (int i = from; i < batch.count(); i++) {
                if (isTooOld(batch.stampNs(i), nowNs)) {
                    batch.flag(i, FrameBatch.STALE);
                }
            }
        }
    }

    /** A frame without a stamp is not. */
    private boolean isTooOld(long stampNs, long nowNs) {
        return nowNs - stampNs > mostNs && stampNs >= trustedNs && stampNs != 0;
    }
}
