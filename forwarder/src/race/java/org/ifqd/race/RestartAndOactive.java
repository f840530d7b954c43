package org.ifqd.race;

import java.util.concurrent.ThreadLocalRandom;
import org.ifqd.ifq.OneSlotPort;
import org.ifqd.ifq.Variant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Start finds the ring full and sets oactive; completion frees the ring and restarts (T4, I13, I14). */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "the frame has left, or a completion is due")
@Outcome(expect = Expect.FORBIDDEN, desc = "stranded: oactive, and nothing on the ring that could complete")
@State
public class RestartAndOactive {
    private final OneSlotPort port = new OneSlotPort(Variant.inUse(), 2);

    @Actor
    public void sender() {
        port.send(); // fills the ring, and then finds it full
        port.send(); // waits in the queue, or is sent by the restart
    }

    @Actor
    public void completion() {
        port.awaitFrame(ThreadLocalRandom.current().nextInt(512));
        port.complete();
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = port.isStranded();
        r.r2 = port.overlapped || port.queue.counters().unaccounted() != 0;
    }
}
