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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Two tasks on two threads never overlap, and each sees what the one before has written without a fence of its own
 * (I1).
 */
@JCStressTest
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "one after the other, both run")
@Outcome(expect = Expect.FORBIDDEN, desc = "two threads inside, or one that did not see the other's writes")
@State
public class OneInside {
    private final Serializer serializer = Variant.inUse().serializer("race0", Silent.MONITOR);
    private final SerialTask first = new SerialTask(this::body);
    private final SerialTask second = new SerialTask(this::body);
    private int inside;
    private int runs;
    private boolean overlapped;

    private void body() {
        if (inside != 0) {
            overlapped = true;
        }
        inside = 1;
        runs = runs + 1;
        inside = 0;
    }

    @Actor
    public void one() {
        serializer.serialize(first);
    }

    @Actor
    public void two() {
        serializer.serialize(second);
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = overlapped;
        r.r2 = runs == 2;
    }
}
