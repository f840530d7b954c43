package org.ifqd.ifq.model;

import java.util.List;
import org.ifqd.ifq.model.Program.Op;

/**
 * The core as steps: the calls of the program's threads, and what must hold. The serializer's and driver's steps are
 * beside.
 */
final class Core {
    private final Program program;
    private final SerializerSteps serializer;
    private final DriverSteps driver;
    private final WorkerSteps worker;
    private final List<Op[]> scripts;
    private final int threads;

    Core(Design design, Program program) {
        this.program = program;
        this.scripts = program.scriptsFor(design.starts());
        this.serializer = new SerializerSteps(design.serializer(), design.starts());
        this.driver = new DriverSteps(design.completion(), program.slots(), serializer);
        this.worker = new WorkerSteps(design.starts(), serializer);
        this.threads = scripts.size();
    }

    State initial() {
        State s = new State(threads);
        s.running = 1;
        return s;
    }

    State decode(byte[] key) {
        return State.of(key, threads);
    }

    /** The threads, then their store buffers. */
    int actors() {
        return 2 * threads;
    }

    String describe(State s, int actor) {
        if (actor >= threads) {
            return "thread " + (actor - threads) + "'s store of " + s.buffer[actor - threads] + " reaches memory";
        }
        Pc pc = Pc.of(s.pc[actor]);
        Op op = op(s, actor);
        String what = pc == Pc.CALL
                ? String.valueOf(op)
                : pc + (s.task[actor] == SerializerSteps.RESTART ? " (restart)" : "");
        return "thread " + actor + ": " + what;
    }

    private Op op(State s, int thread) {
        Op[] script = scripts.get(thread);
        return s.op[thread] < script.length ? script[s.op[thread]] : null;
    }

    /** Moves one actor by one step; false if it cannot move now. */
    boolean step(State s, int actor) {
        if (actor >= threads) {
            return serializer.drain(s, actor - threads);
        }
        Pc pc = Pc.of(s.pc[actor]);
        if (s.buffer[actor] != State.NONE && !pc.isRead()) {
            return false; // a locked instruction, or a volatile store: the buffer is drained first
        }
        if (pc == Pc.CALL) {
            Op op = op(s, actor);
            return op != null && call(s, actor, op);
        }
        return switch (pc) {
            case LIST_ENTER, LIST_LEAVE, LATCH, WISH, ENTER, SET_FLAG, LOOK_AT_WISH, TAKE_WISH, LEAVE, RESET ->
                serializer.step(s, actor, pc);
            case ASK_LENGTH, ASK_PENDING, ASK_LIST, CANCEL_LOOK, CANCEL -> worker.step(s, actor, pc);
            default -> driver.step(s, actor, pc);
        };
    }

    private boolean call(State s, int t, Op op) {
        switch (op) {
            case SEND -> offer(s, t);
            case START -> worker.start(s, t);
            case START_NOW -> serializer.handIn(s, t, SerializerSteps.START);
            case WORKER -> {
                return worker.work(s, t); // the same call again, afterwards
            }
            case BARRIER -> throw new AssertionError("not in detail");
            case UNLIST -> s.pending = 0;
            case SETTLED -> {
                if (s.workerRunning == 1) {
                    return false;
                }
                s.pending = 0;
            }
            case COMPLETION -> {
                return driver.complete(s, t); // the same call again, afterwards
            }
            case CLEAR_RUNNING -> s.running = 0;
            case STOP_COMPLETION -> s.completionStopped = 1;
            case BARRIER_LISTED -> serializer.listBarrier(s, t);
            case BARRIER_PASSED -> {
                if (!serializer.isBarrierOpen(s, t)) {
                    return false;
                }
                s.latch[t] = 0; // the next one has a latch of its own
            }
            case UNMAP -> s.mapped = 0;
            case PURGE -> purge(s);
            case CLEAR_OACTIVE -> s.oactive = 0;
            case MAP -> {
                s.mapped = 1;
                s.inFlight = 0;
                s.eventWanted = 0;
                s.completionStopped = 0;
            }
            case SET_RUNNING -> s.running = 1;
            case SEE_DOWN -> {
                if (s.running == 1) {
                    return false;
                }
            }
        }
        s.op[t]++;
        return true;
    }

    private void offer(State s, int t) {
        s.received++;
        if (s.running == 1 && s.tail - s.head < program.capacity()) {
            s.tail++;
            worker.start(s, t);
        } else {
            s.dropped++;
        }
    }

    private static void purge(State s) {
        s.dropped += s.tail - s.head;
        s.head = s.tail;
        s.lastPut = s.tail - 1;
    }

    /** What holds at every moment. */
    String violated(State s) {
        if (s.fault != null) {
            return s.fault;
        }
        if (s.received != s.sent + s.dropped + s.tail - s.head + s.inDriver) {
            return "the books do not add up";
        }
        if (s.tail - s.head > program.capacity()) {
            return "the queue is longer than its capacity";
        }
        return null;
    }

    private static boolean isEndless(Op op) {
        return op == Op.COMPLETION || op == Op.WORKER;
    }

    /** What holds when nobody can move: all calls have returned, and nothing is left to complete. */
    String violatedAtEnd(State s) {
        for (int t = 0; t < threads; t++) {
            boolean between = Pc.of(s.pc[t]) == Pc.CALL;
            if (!between || s.op[t] < scripts.get(t).length && !isEndless(op(s, t))) {
                return "deadlock: thread " + t + " waits for ever";
            }
        }
        boolean completionDue = s.oactive == 1 && s.inFlight > 0; // only where the program has no completion
        if (s.running == 1 && s.tail != s.head && !completionDue) {
            return "stranded: frames wait, RUNNING, nobody inside, nothing to complete"
                    + (s.oactive == 1 ? ", oactive" : "");
        }
        if (s.running == 1 && s.oactive == 1 && !completionDue) {
            return "oactive with an empty ring: the next frame will be stranded";
        }
        if (s.inDriver != 0) {
            return "the driver keeps a frame";
        }
        return null;
    }
}
