package org.ifqd.ifq.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the threads of one exploration do: the bounds of what it shows.
 *
 * @param name for the report
 * @param slots of the transmit ring
 * @param capacity of the send queue
 * @param scripts one a thread
 */
record Program(String name, int slots, int capacity, List<Op[]> scripts) {

    /** One call of a thread; a call is several steps. */
    enum Op {
        /** Ifnet.enqueue of one frame. */
        SEND,
        /** Ifnet.start. */
        START,
        /** The start at the end of Ifnet.up, which is never deferred. */
        START_NOW,
        /** The worker's thread, as long as something is listed there. */
        WORKER,
        /** The completion context, again and again, as long as there is something to complete. */
        COMPLETION,
        CLEAR_RUNNING,
        /** No look of the completion context at the ring begins after this; its restart may still come. */
        STOP_COMPLETION,
        /** Ifnet.startBarrier; {@link #scriptsFor} makes these of it: */
        BARRIER,
        /** The first half of Serializer.barrier: its task is handed in. */
        BARRIER_LISTED,
        /** The second half: it waits. */
        BARRIER_PASSED,
        /** DeferredStart.settle: withdraws what waits at the worker, */
        UNLIST,
        /** and waits until the worker is not in it; what it listed meanwhile is withdrawn as well. */
        SETTLED,
        UNMAP,
        PURGE,
        CLEAR_OACTIVE,
        MAP,
        SET_RUNNING,
        /** Waits until RUNNING is cleared. */
        SEE_DOWN
    }

    private static final Op[] COMPLETION = {Op.COMPLETION};
    private static final Op[] DOWN = {
        Op.CLEAR_RUNNING, Op.STOP_COMPLETION, Op.BARRIER, Op.UNMAP, Op.PURGE, Op.CLEAR_OACTIVE
    };
    private static final Op[] DOWN_UP = {
        Op.CLEAR_RUNNING,
        Op.STOP_COMPLETION,
        Op.BARRIER,
        Op.UNMAP,
        Op.MAP,
        Op.CLEAR_OACTIVE,
        Op.SET_RUNNING,
        Op.START_NOW
    };
    private static final Op[] BARRIER = {Op.SEE_DOWN, Op.BARRIER};

    private static Op[] sends(int frames) {
        Op[] script = new Op[frames];
        java.util.Arrays.fill(script, Op.SEND);
        return script;
    }

    private static Program of(String name, int slots, int capacity, Op[]... scripts) {
        return new Program(name, slots, capacity, List.of(scripts));
    }

    static final Program THREE_PRODUCERS = of("3 producers, no completion", 4, 4, sends(1), sends(1), sends(1));
    static final Program ONE_SLOT = of("2 producers of 2 frames, ring of 1", 1, 3, sends(2), sends(2), COMPLETION);
    static final Program TWO_SLOTS = of("2 producers of 2 frames, ring of 2", 2, 2, sends(2), sends(2), COMPLETION);
    static final Program GOES_DOWN = of("2 producers, completion, down", 1, 2, sends(1), sends(1), COMPLETION, DOWN);
    static final Program DOWN_AND_UP =
            of("producer of 2, completion, down and up", 1, 2, sends(2), COMPLETION, DOWN_UP);
    static final Program TWO_BARRIERS =
            of("producer of 2, completion, down, another barrier", 1, 2, sends(2), COMPLETION, DOWN, BARRIER);

    static final Program THREE_ON_ONE_SLOT =
            of("3 producers, one of 2 frames, ring of 1", 1, 2, sends(1), sends(1), sends(2), COMPLETION);
    static final Program STORM_GOES_DOWN =
            of("producer of 2, a start, completion, down", 1, 2, sends(2), new Op[] {Op.START}, COMPLETION, DOWN);

    /** The scripts, with barriers in detail, and a worker if there is one. */
    List<Op[]> scriptsFor(Design.StartKind starts) {
        List<Op> barrier = starts.hasWorker()
                ? List.of(
                        Op.BARRIER_LISTED,
                        Op.BARRIER_PASSED,
                        Op.UNLIST,
                        Op.SETTLED,
                        Op.BARRIER_LISTED,
                        Op.BARRIER_PASSED)
                : List.of(Op.BARRIER_LISTED, Op.BARRIER_PASSED);
        List<Op[]> detailed = new ArrayList<>();
        for (Op[] script : scripts) {
            List<Op> ops = new ArrayList<>();
            for (Op op : script) {
                ops.addAll(op == Op.BARRIER ? barrier : List.of(op));
            }
            detailed.add(ops.toArray(Op[]::new));
        }
        if (starts.hasWorker()) {
            detailed.add(new Op[] {Op.WORKER});
        }
        return detailed;
    }

    /** Those that the task list with a worker, which is one more thread, is explored on in the build. */
    static List<Program> smallest() {
        return List.of(
                of("2 producers, ring of 1", 1, 2, sends(1), sends(1), COMPLETION),
                of("2 producers of 2 frames, no completion", 4, 4, sends(2), sends(2)),
                of("producer of 2, completion, down", 1, 2, sends(2), COMPLETION, DOWN),
                of("producer of 2, down and up", 2, 2, sends(2), DOWN_UP),
                of("producer, down, another barrier", 1, 2, sends(1), DOWN, BARRIER));
    }

    /** Those that every right design is explored on. */
    static List<Program> small() {
        return List.of(THREE_PRODUCERS, ONE_SLOT, TWO_SLOTS, GOES_DOWN, DOWN_AND_UP, TWO_BARRIERS);
    }

    /**
     * All. The larger ones take the counter, which has more steps than the task list, some 10 s; a worker some minutes.
     */
    static List<Program> all() {
        List<Program> all = new ArrayList<>(small());
        all.add(THREE_ON_ONE_SLOT);
        all.add(STORM_GOES_DOWN);
        return all;
    }
}
