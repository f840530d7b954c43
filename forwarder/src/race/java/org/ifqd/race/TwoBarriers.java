package org.ifqd.race;

import org.ifqd.ifq.OneSlotPort;
import org.ifqd.ifq.Variant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIZ_Result;

/**
 * Two barriers at once, one of them right behind a start: both return, and after either the ring is left alone (T2,
 * I9).
 */
@JCStressTest
@Outcome(id = "1, 1, false", expect = Expect.ACCEPTABLE, desc = "both returned, nobody touched the ring afterwards")
@Outcome(expect = Expect.FORBIDDEN, desc = "the ring was touched after a barrier")
@State
public class TwoBarriers {
    private final OneSlotPort port = new OneSlotPort(Variant.inUse(), 2);

    @Actor
    public void one(IIZ_Result r) {
        port.send();
        port.ifnet.clearRunning();
        port.ifnet.startBarrier();
        port.unmap();
        r.r1 = 1;
    }

    @Actor
    public void two(IIZ_Result r) {
        port.ifnet.clearRunning();
        port.ifnet.startBarrier();
        port.unmap();
        r.r2 = 1;
    }

    @Arbiter
    public void end(IIZ_Result r) {
        r.r3 = port.touchedAfterUnmap;
    }
}
