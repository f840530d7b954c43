package org.ifqd.ifq.model;

import org.ifqd.ifq.model.Design.SerializerKind;
import org.ifqd.ifq.model.Design.StartKind;

/** The steps of TaskListSerializer, of CounterSerializer and of the broken counters. */
final class SerializerSteps {
    static final int START = 0;
    static final int RESTART = 1;

    /** The latch of the barrier that thread t waits in is task LATCHES + t. */
    private static final int LATCHES = 2;

    private final SerializerKind kind;
    private final StartKind starts;

    SerializerSteps(SerializerKind kind, StartKind starts) {
        this.kind = kind;
        this.starts = starts;
    }

    private boolean isList() {
        return kind == SerializerKind.TASK_LIST;
    }

    /** The thread's next step is that of a serialize call. */
    void handIn(State s, int t, int task) {
        s.task[t] = task;
        s.pc[t] = (isList() ? Pc.LIST_ENTER : Pc.WISH).ordinal();
    }

    boolean step(State s, int t, Pc pc) {
        switch (pc) {
            case LIST_ENTER -> listEnter(s, t);
            case LIST_LEAVE -> runNext(s, t);
            case LATCH -> {
                s.latch[s.task[t] - LATCHES] = 1;
                s.pc[t] = Pc.LIST_LEAVE.ordinal();
            }
            case WISH -> {
                s.wanted[s.task[t]] = 1;
                s.pc[t] = Pc.ENTER.ordinal();
            }
            case ENTER -> {
                return enter(s, t);
            }
            case SET_FLAG -> {
                s.buffer[t] = 1;
                goIn(s, t);
            }
            case LOOK_AT_WISH -> lookAtWish(s, t);
            case TAKE_WISH -> {
                s.wanted[s.look[t]] = 0;
                run(s, t, s.look[t]);
            }
            case LEAVE -> leave(s, t);
            case RESET -> {
                if (kind == SerializerKind.RELEASE_LEAVE) {
                    s.buffer[t] = 1;
                } else {
                    s.counter = 1;
                }
                goIn(s, t);
            }
            default -> throw new AssertionError(pc);
        }
        return true;
    }

    // ---- the task list: each method one section under the lock ----

    private void listEnter(State s, int t) {
        list(s, s.task[t]);
        if (s.runner != State.NONE) {
            back(s, t);
            return;
        }
        s.runner = t;
        s.charged = 0;
        runNext(s, t);
    }

    private void runNext(State s, int t) {
        if (s.listed == 0) {
            s.runner = State.NONE;
            back(s, t);
            return;
        }
        if (starts.hasWorker() && s.charged >= starts.budget()) {
            s.pending = starts == StartKind.UNTOLD ? s.pending : 1; // handed over: the list stays as it is
            s.runner = State.NONE;
            back(s, t);
            return;
        }
        int task = s.list[0];
        s.listed--;
        for (int i = 0; i < s.list.length; i++) {
            s.list[i] = i < s.listed ? s.list[i + 1] : 0;
        }
        run(s, t, task);
    }

    private static void list(State s, int task) {
        for (int i = 0; i < s.listed; i++) {
            if (s.list[i] == task) {
                return;
            }
        }
        s.list[s.listed++] = task;
    }

    // ---- the counter ----

    private boolean enter(State s, int t) {
        if (kind == SerializerKind.PLAIN_FLAG) {
            int flag = s.buffer[t] != State.NONE ? s.buffer[t] : s.counter; // a thread sees its own store
            s.pc[t] = (flag == 0 ? Pc.SET_FLAG : Pc.CALL).ordinal();
            return true;
        }
        if (s.buffer[t] != State.NONE) {
            return false;
        }
        if (s.counter++ == 0) {
            goIn(s, t);
        } else {
            back(s, t);
        }
        return true;
    }

    private static void goIn(State s, int t) {
        s.look[t] = 0;
        s.pc[t] = Pc.LOOK_AT_WISH.ordinal();
    }

    private static void lookAtWish(State s, int t) {
        if (s.wanted[s.look[t]] == 1) {
            s.pc[t] = Pc.TAKE_WISH.ordinal();
        } else {
            nextWish(s, t);
        }
    }

    private static void nextWish(State s, int t) {
        s.look[t]++;
        s.pc[t] = (s.look[t] < s.wanted.length ? Pc.LOOK_AT_WISH : Pc.LEAVE).ordinal();
    }

    private void leave(State s, int t) {
        switch (kind) {
            case NO_SECOND_LOOK -> s.counter = 0;
            case PLAIN_FLAG -> s.buffer[t] = 0;
            default -> {
                if (s.counter != 1) {
                    s.pc[t] = Pc.RESET.ordinal();
                    return;
                }
                s.counter = 0;
            }
        }
        back(s, t);
    }

    /** A store leaves the buffer. */
    boolean drain(State s, int t) {
        if (s.buffer[t] == State.NONE) {
            return false;
        }
        s.counter = s.buffer[t];
        s.buffer[t] = State.NONE;
        return true;
    }

    // ---- both ----

    private static void run(State s, int t, int task) {
        s.task[t] = task;
        s.pc[t] = switch (task) {
            case START -> Pc.START_RUNNING.ordinal();
            case RESTART -> Pc.RESTART_RUNNING.ordinal();
            default -> Pc.LATCH.ordinal();
        };
    }

    /** The driver may begin: what it may take. */
    void allow(State s) {
        if (starts.hasWorker()) {
            s.allowance = starts.budget();
        }
    }

    boolean mayTake(State s) {
        return !starts.hasWorker() || s.allowance-- > 0;
    }

    /** The driver has returned. */
    void driverEnded(State s, int t) {
        if (starts.hasWorker()) {
            s.pc[t] = Pc.CHARGE.ordinal();
        } else {
            ended(s, t);
        }
    }

    /** The rest of runStart: the charge, and the start that follows one that was cut short. */
    void afterDriver(State s, int t, Pc pc) {
        if (pc == Pc.LIST_AGAIN) {
            list(s, START);
        } else {
            boolean cutShort = s.allowance <= 0;
            s.charged += starts.budget() - Math.max(0, s.allowance);
            s.allowance = 0;
            if (cutShort && s.tail != s.head) {
                s.pc[t] = Pc.LIST_AGAIN.ordinal();
                return;
            }
        }
        ended(s, t);
    }

    /** The task that ran is over. */
    void ended(State s, int t) {
        if (isList()) {
            s.pc[t] = Pc.LIST_LEAVE.ordinal();
        } else {
            nextWish(s, t);
        }
    }

    /** The serialize call returns. */
    private static void back(State s, int t) {
        s.task[t] = 0;
        s.look[t] = 0;
        s.pc[t] = Pc.CALL.ordinal();
    }

    /** From inside the start routine: hands restart in, the first step of it; true if there is a second one. */
    boolean handInFromInside(State s) {
        if (isList()) {
            list(s, RESTART);
            return false;
        }
        s.wanted[RESTART] = 1;
        return kind != SerializerKind.PLAIN_FLAG;
    }

    // ---- the barrier ----

    void listBarrier(State s, int t) {
        if (isList()) {
            handIn(s, t, LATCHES + t);
        }
    }

    boolean isBarrierOpen(State s, int t) {
        return switch (kind) {
            case TASK_LIST -> s.latch[t] == 1;
            case BARRIER_ONCE -> true; // whatever it saw when it looked, it looks once
            default -> s.counter == 0;
        };
    }
}
