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
 * Start policy BUNDLED with a txmit of 2: the first frame's start is deferred to the worker, the second one's runs now
 * and cancels it, at any moment of the worker's own attempt (I23).
 */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "the frames have left, by whichever thread")
@Outcome(expect = Expect.FORBIDDEN, desc = "the cancelled start was the one that was needed")
@State
public class BundleCancelled {
    private final OneSlotPort port = OneSlotPort.bundled(Variant.inUse(), 4, 2);

    @Actor
    public void one() {
        port.send();
    }

    @Actor
    public void two() {
        port.send();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        if (port.isStranded()) {
            port.quiesceWorker(); // it may still have the start that this frame waits for
        }
        r.r1 = port.isStranded();
        r.r2 = port.overlapped || port.queue.counters().unaccounted() != 0;
    }
}
