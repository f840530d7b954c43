package org.ifqd.ifq.model;

/** Where a thread stands: its next step. */
enum Pc {
    /** Between two calls, or before the first step of one. */
    CALL,

    // completion, after it has freed a slot
    COMPLETED,
    TAKE_EVENT_BACK,

    // Ifnet.start with a worker
    ASK_LENGTH,
    ASK_PENDING,
    ASK_LIST,
    CANCEL_LOOK,
    CANCEL,

    // Serializer.serialize: the task list
    LIST_ENTER,
    LIST_LEAVE,
    LATCH,

    // Serializer.serialize: the counter
    WISH,
    ENTER,
    SET_FLAG,
    LOOK_AT_WISH,
    TAKE_WISH,
    LEAVE,
    RESET,

    // Ifnet.runRestart, then runStart
    RESTART_RUNNING,
    RESTART_CLEAR,
    START_RUNNING,
    START_OACTIVE,
    START_LENGTH,

    // the driver's start routine
    DRIVER_ENTER,
    DRIVER_SPACE,
    DRIVER_OACTIVE,
    DRIVER_LOOK_AGAIN,
    DRIVER_RESTART,
    DRIVER_RESTART_COUNT,
    DRIVER_WANT_EVENT,
    DRIVER_DEQUEUE,
    DRIVER_PUT,
    DRIVER_SENT,
    DRIVER_LEAVE,

    // the rest of Ifnet.runStart
    CHARGE,
    LIST_AGAIN;

    private static final Pc[] ALL = values();

    static Pc of(int ordinal) {
        return ALL[ordinal];
    }

    /** Only reads, and so may overtake a store of its own thread that is still in the buffer. */
    boolean isRead() {
        return switch (this) {
            case LOOK_AT_WISH, START_RUNNING, START_OACTIVE, RESTART_RUNNING, ENTER -> true;
            default -> false;
        };
    }
}
