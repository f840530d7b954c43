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
 * The first start throws, while another one is asked for: it is reported once, and the serializer is not wedged. What
 * the start that threw has left in the queue waits for the next one, which the arbiter asks for.
 */
@JCStressTest
@Outcome(id = "1, 0, false", expect = Expect.ACCEPTABLE, desc = "reported once; the next start sends what was left")
@Outcome(expect = Expect.FORBIDDEN, desc = "not reported, wedged, or two at a time")
@State
public class ThrowingStart {
    private final OneSlotPort port = new OneSlotPort(Variant.inUse(), 4).throwing(1);

    @Actor
    public void one() {
        port.send();
    }

    @Actor
    public void two() {
        port.send();
    }

    @Arbiter
    public void end(IIZ_Result r) {
        port.ifnet.start();
        port.complete();
        port.complete();
        r.r1 = port.failures;
        r.r2 = port.queue.length();
        r.r3 = port.overlapped;
    }
}
