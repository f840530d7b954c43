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
 * A start that is re-entered while another thread publishes. The thread inside finds that it was asked to go round
 * again, so with a counter it resets it and looks again; a reset that is not a full fence loses the other's request
 * (T1).
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "the re-entrant calls returned, the last run saw the other's")
@Outcome(expect = Expect.FORBIDDEN, desc = "a request was forgotten")
@State
public class ReEntrantStart {
    private static final int ROUNDS = 2;

    private final Serializer serializer = Variant.inUse().serializer("race0", Silent.MONITOR);
    private final SerialTask again = new SerialTask(this::again);
    private final SerialTask look = new SerialTask(this::look);
    private int rounds;
    private int published;
    private int seen;

    public ReEntrantStart() {
        serializer.serialize(look); // known to the serializer, and the first that it looks at
    }

    private void again() {
        if (++rounds < ROUNDS) {
            serializer.serialize(again);
        }
    }

    private void look() {
        seen = published;
    }

    @Actor
    public void one() {
        serializer.serialize(again);
    }

    @Actor
    public void two() {
        published = 1;
        serializer.serialize(look);
    }

    @Arbiter
    public void end(ZZ_Result r) {
        r.r1 = rounds == ROUNDS;
        r.r2 = seen == 1;
    }
}
