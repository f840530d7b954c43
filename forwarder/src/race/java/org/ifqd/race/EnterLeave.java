package org.ifqd.race;

import org.ifqd.ifq.SerialTask;
import org.ifqd.ifq.Serializer;
import org.ifqd.ifq.Variant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Publish, then serialize, on two threads: the last run has seen both publications (I3, I4). */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the last run saw what both had published")
@Outcome(expect = Expect.FORBIDDEN, desc = "a request was forgotten: the frame is stranded")
@State
public class EnterLeave {
    private final Serializer serializer = Variant.inUse().serializer("race0", Silent.MONITOR);
    private final SerialTask task = new SerialTask(this::look);
    private int published1;
    private int published2;
    private int seen1;
    private int seen2;

    private void look() {
        seen1 = published1;
        seen2 = published2;
    }

    @Actor
    public void one() {
        published1 = 1;
        serializer.serialize(task);
    }

    @Actor
    public void two() {
        published2 = 1;
        serializer.serialize(task);
    }

    @Arbiter
    public void end(II_Result r) {
        r.r1 = seen1;
        r.r2 = seen2;
    }
}
