package org.ifqd.bridge;

import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.Ifnet;
import org.ifqd.port.Lane;
import org.ifqd.stats.DropReason;

/** Cross-connect: whatever comes in at one port leaves by a lane of the other, unless it must not. */
final class PairForwarder implements Forwarder {
    private final int port;
    private final Lane lane;
    private final Ifnet egress;
    private final LoopGuard guard;
    private volatile LinkLocalPolicy policy;

    /**
     * @param port where the frames come in, 0 or 1
     * @param lane where they leave
     */
    PairForwarder(int port, Lane lane, LinkLocalPolicy policy, LoopGuard guard) {
        this.port = port;
        this.lane = lane;
        this.egress = lane.ifnet();
        this.policy = policy;
        this.guard = guard;
    }

    /** From the next batch on. Any thread. */
    void policy(LinkLocalPolicy next) {
        policy = next;
    }

    @Override
    public void begin() {
        lane.bindThisThread();
    }

    @Override
    public int cpu() {
        return lane.cpu();
    }

    @Override
    public void forward(FrameBatch batch) {
        if (batch.hasAny(FrameBatch.UNDESCRIBED)) {
            drop(batch, FrameBatch.UNDESCRIBED, DropReason.UNDESCRIBED); // before anybody looks into it
            if (batch.count() == 0) {
                return;
            }
        }
        guard.inspect(batch, port);
        if (batch.hasAny(FrameBatch.TRUNCATED | FrameBatch.MULTICAST | FrameBatch.STALE)) {
            filter(batch);
        }
        if (guard.isLooped()) {
            guard.markStopped(batch, port);
            drop(batch, FrameBatch.UNWANTED, DropReason.LOOP);
        }
        if (batch.count() > 0) {
            egress.enqueue(batch);
        }
    }

    private void filter(FrameBatch batch) {
        if (batch.hasAny(FrameBatch.TRUNCATED)) {
            drop(batch, FrameBatch.TRUNCATED, DropReason.TRUNCATED); // what is left of a cut frame is not the frame
        }
        if (batch.hasAny(FrameBatch.STALE)) {
            drop(batch, FrameBatch.STALE, DropReason.STALE);
        }
        if (guard.isProbing()) {
            guard.markProbes(batch, port);
            drop(batch, FrameBatch.UNWANTED, DropReason.OWN);
        }
        LinkLocalPolicy now = policy;
        if (now.dropsSome()) {
            now.mark(batch);
            drop(batch, FrameBatch.UNWANTED, DropReason.LINK_LOCAL);
        }
    }

    /** Drops the frames that have the flag, or all of them for flag 0, and books them. */
    private void drop(FrameBatch batch, int flag, DropReason reason) {
        long bytes = batch.bytes(0, batch.count());
        int frames = batch.releaseFlagged(flag);
        if (frames > 0) {
            egress.queue().refuse(reason, frames, bytes - batch.bytes(0, batch.count()));
        }
    }
}
