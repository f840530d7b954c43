package org.ifqd.race;

import org.ifqd.ifq.OneSlotPort;
import org.ifqd.ifq.Variant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A start is deferred to the worker while the port goes down: after the barrier it does not touch the ring (I11). A
 * touch that comes after the arbiter is charged to the states that follow.
 */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "nobody touched the ring after it was unmapped")
@Outcome(expect = Expect.FORBIDDEN, desc = "the worker touched the ring after it was unmapped: a SIGSEGV")
@State
public class BarrierCancelsBundle {
    private final OneSlotPort port = OneSlotPort.bundled(Variant.inUse(), 4, 4);

    @Actor
    public void sender() {
        port.send();
        port.send();
    }

    @Actor
    public void down() {
        port.ifnet.clearRunning();
        port.ifnet.startBarrier();
        port.unmap();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = port.touchedAfterUnmap || OneSlotPort.lateTouch;
        r.r2 = port.overlapped || port.queue.counters().unaccounted() != 0;
    }
}
