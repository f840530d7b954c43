package org.ifqd.ifq.model;

import org.ifqd.ifq.model.Design.CompletionKind;

/**
 * The steps of Ifnet.runStart and runRestart, of an mpsafe driver that moves one frame at a time, and of its
 * completion.
 */
final class DriverSteps {
    private final CompletionKind completion;
    private final int slots;
    private final SerializerSteps serializer;

    DriverSteps(CompletionKind completion, int slots, SerializerSteps serializer) {
        this.completion = completion;
        this.slots = slots;
        this.serializer = serializer;
    }

    boolean step(State s, int t, Pc pc) {
        switch (pc) {
            case COMPLETED -> completed(s, t);
            case TAKE_EVENT_BACK -> {
                s.eventWanted = 0;
                serializer.handIn(s, t, SerializerSteps.RESTART);
            }
            case RESTART_RUNNING -> goIf(s, t, s.running == 1, Pc.RESTART_CLEAR);
            case RESTART_CLEAR -> {
                s.oactive = 0;
                go(s, t, Pc.START_RUNNING);
            }
            case START_RUNNING -> goIf(s, t, s.running == 1, Pc.START_OACTIVE);
            case START_OACTIVE -> goIf(s, t, s.oactive == 0, Pc.START_LENGTH);
            case START_LENGTH -> {
                serializer.allow(s);
                goIf(s, t, s.tail != s.head, Pc.DRIVER_ENTER);
            }
            case CHARGE, LIST_AGAIN -> serializer.afterDriver(s, t, pc);
            default -> inStart(s, t, pc);
        }
        return true;
    }

    private void inStart(State s, int t, Pc pc) {
        switch (pc) {
            case DRIVER_ENTER -> {
                if (++s.inStart > 1) {
                    s.fault = "two threads in start";
                }
                go(s, t, Pc.DRIVER_SPACE);
            }
            case DRIVER_SPACE -> {
                touch(s);
                go(s, t, s.inFlight < slots ? Pc.DRIVER_DEQUEUE : Pc.DRIVER_OACTIVE);
            }
            case DRIVER_DEQUEUE -> dequeue(s, t);
            case DRIVER_PUT -> put(s, t);
            case DRIVER_SENT -> {
                s.inDriver--;
                s.sent++;
                go(s, t, Pc.DRIVER_SPACE);
            }
            case DRIVER_LEAVE -> {
                s.inStart--;
                serializer.driverEnded(s, t);
            }
            default -> ringFull(s, t, pc);
        }
    }

    private void ringFull(State s, int t, Pc pc) {
        switch (pc) {
            case DRIVER_OACTIVE -> {
                s.oactive = 1;
                go(
                        s,
                        t,
                        switch (completion) {
                            case LEVEL -> Pc.DRIVER_WANT_EVENT;
                            case CHECKED -> Pc.DRIVER_LOOK_AGAIN;
                            default -> Pc.DRIVER_LEAVE;
                        });
            }
            case DRIVER_WANT_EVENT -> {
                s.eventWanted = 1;
                go(s, t, Pc.DRIVER_LEAVE);
            }
            case DRIVER_LOOK_AGAIN -> {
                touch(s);
                go(s, t, s.inFlight < slots ? Pc.DRIVER_RESTART : Pc.DRIVER_LEAVE);
            }
            case DRIVER_RESTART -> go(s, t, serializer.handInFromInside(s) ? Pc.DRIVER_RESTART_COUNT : Pc.DRIVER_LEAVE);
            case DRIVER_RESTART_COUNT -> {
                s.counter++;
                go(s, t, Pc.DRIVER_LEAVE);
            }
            default -> throw new AssertionError(pc);
        }
    }

    private void dequeue(State s, int t) {
        if (s.head == s.tail || !serializer.mayTake(s)) {
            go(s, t, Pc.DRIVER_LEAVE);
            return;
        }
        s.frame[t] = s.head++;
        s.inDriver++;
        go(s, t, Pc.DRIVER_PUT);
    }

    private void put(State s, int t) {
        touch(s);
        if (s.inFlight == slots) {
            s.fault = "a busy slot was overwritten";
        }
        if (s.frame[t] != s.lastPut + 1) {
            s.fault = "frame " + s.frame[t] + " left after frame " + s.lastPut;
        }
        s.lastPut = s.frame[t];
        s.frame[t] = 0;
        s.inFlight++;
        go(s, t, Pc.DRIVER_SENT);
    }

    private static void touch(State s) {
        if (s.mapped == 0) {
            s.fault = "the ring was touched after it was unmapped";
        }
    }

    /** One look of the completion context; false when there is nothing to do, or it was stopped. */
    boolean complete(State s, int t) {
        boolean eventDue = completion == CompletionKind.LEVEL && s.eventWanted == 1 && s.inFlight < slots;
        if (s.completionStopped == 1 || s.inFlight == 0 && !eventDue) {
            return false;
        }
        touch(s);
        s.inFlight = Math.max(0, s.inFlight - 1);
        go(s, t, Pc.COMPLETED);
        return true;
    }

    private void completed(State s, int t) {
        switch (completion) {
            case RESTART -> serializer.handIn(s, t, SerializerSteps.RESTART);
            case LEVEL -> go(s, t, s.eventWanted == 1 && s.inFlight < slots ? Pc.TAKE_EVENT_BACK : Pc.CALL);
            case CHECKED, UNCHECKED -> {
                if (s.oactive == 1) {
                    serializer.handIn(s, t, SerializerSteps.RESTART);
                } else {
                    go(s, t, Pc.CALL);
                }
            }
            case CLEAR_OUTSIDE -> {
                s.oactive = 0;
                serializer.handIn(s, t, SerializerSteps.START);
            }
        }
    }

    private void goIf(State s, int t, boolean on, Pc next) {
        if (on) {
            go(s, t, next);
        } else {
            serializer.ended(s, t);
        }
    }

    private static void go(State s, int t, Pc next) {
        s.pc[t] = next.ordinal();
    }
}
