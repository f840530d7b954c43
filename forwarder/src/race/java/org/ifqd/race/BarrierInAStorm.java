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

/** Sends, starts and restarts against down, barrier and unmap: nobody is in the ring afterwards (I8, I16, T3, T5). */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "nobody touched the ring after it was unmapped")
@Outcome(expect = Expect.FORBIDDEN, desc = "the ring was touched after it was unmapped: a SIGSEGV")
@State
public class BarrierInAStorm {
    private final OneSlotPort port = new OneSlotPort(Variant.inUse(), 4);

    @Actor
    public void storm() {
        port.send();
        port.ifnet.restart();
        port.send();
        port.ifnet.start();
    }

    @Actor
    public void down() {
        port.ifnet.clearRunning();
        port.ifnet.startBarrier();
        port.unmap();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = port.touchedAfterUnmap;
        r.r2 = port.overlapped || port.queue.counters().unaccounted() != 0;
    }
}
