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
 * The whole of it: two senders, each of which also completes; books, exclusion, nothing stranded (contract 1, 3, 7).
 */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "nothing stranded, one at a time, the books add up")
@Outcome(expect = Expect.FORBIDDEN, desc = "stranded, overlapping starts or wrong books")
@State
public class SendersOnOneSlot {
    private final OneSlotPort port = new OneSlotPort(Variant.inUse(), 4);

    @Actor
    public void one() {
        port.send();
        port.send();
    }

    @Actor
    public void other() {
        port.send();
        port.complete();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = port.isStranded();
        r.r2 = port.overlapped || port.queue.counters().unaccounted() != 0;
    }
}
