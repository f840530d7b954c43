package org.ifqd.ifq.model;

import org.ifqd.ifq.model.Design.StartKind;

/** The steps of Ifnet.start by policy, of DeferredStart and of StartWorker. */
final class WorkerSteps {
    private final StartKind starts;
    private final SerializerSteps serializer;

    WorkerSteps(StartKind starts, SerializerSteps serializer) {
        this.starts = starts;
        this.serializer = serializer;
    }

    /** The thread's next step is that of an Ifnet.start call. */
    void start(State s, int t) {
        if (!starts.hasWorker()) {
            startNow(s, t);
        } else {
            go(s, t, starts.startNowAt > 0 ? Pc.ASK_LENGTH : Pc.CANCEL_LOOK);
        }
    }

    private void startNow(State s, int t) {
        serializer.handIn(s, t, SerializerSteps.START);
    }

    boolean step(State s, int t, Pc pc) {
        switch (pc) {
            case ASK_LENGTH -> go(s, t, s.tail - s.head < starts.startNowAt ? Pc.ASK_PENDING : Pc.CANCEL_LOOK);
            case ASK_PENDING -> go(s, t, s.pending == 1 ? Pc.CALL : Pc.ASK_LIST);
            case ASK_LIST -> {
                s.pending = 1;
                go(s, t, Pc.CALL);
            }
            case CANCEL_LOOK -> {
                if (s.pending == 1) {
                    go(s, t, Pc.CANCEL);
                } else {
                    startNow(s, t);
                }
            }
            case CANCEL -> {
                s.pending = 0;
                startNow(s, t);
            }
            default -> throw new AssertionError(pc);
        }
        return true;
    }

    /** One turn of the worker: it has ended what it was in, or takes what is listed; false when there is neither. */
    boolean work(State s, int t) {
        if (s.workerRunning == 1) {
            s.workerRunning = 0;
            return true;
        }
        if (s.pending == 0) {
            return false;
        }
        s.pending = 0;
        s.workerRunning = 1;
        startNow(s, t);
        return true;
    }

    private static void go(State s, int t, Pc next) {
        s.pc[t] = next.ordinal();
    }
}
