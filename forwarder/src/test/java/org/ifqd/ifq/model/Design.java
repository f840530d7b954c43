package org.ifqd.ifq.model;

import org.ifqd.ifq.Variant;

/**
 * What is explored: a serializer, how completion and oactive meet, and where starts run.
 *
 * @param serializer kind
 * @param completion kind
 * @param starts kind; all but ON_CALLER only with the task list
 */
record Design(SerializerKind serializer, CompletionKind completion, StartKind starts) {

    Design(SerializerKind serializer, CompletionKind completion) {
        this(serializer, completion, StartKind.ON_CALLER);
    }

    /** As StartPolicy. Those with a worker have a budget of one frame, so that it is used up all the time. */
    enum StartKind {
        ON_CALLER(0),
        DIRECT(0),
        BUNDLED(2),
        TASK(Byte.MAX_VALUE),
        /** As DIRECT, but who hands over tells nobody. Broken. */
        UNTOLD(0);

        /** Frames from which on a start runs on its caller. */
        final int startNowAt;

        StartKind(int startNowAt) {
            this.startNowAt = startNowAt;
        }

        boolean hasWorker() {
            return this != ON_CALLER;
        }

        int budget() {
            return hasWorker() ? 1 : Byte.MAX_VALUE;
        }
    }

    enum SerializerKind {
        TASK_LIST,
        COUNTER,
        RELEASE_LEAVE,
        NO_SECOND_LOOK,
        PLAIN_FLAG,
        BARRIER_ONCE
    }

    enum CompletionKind {
        /** Always restarts. */
        RESTART,
        /**
         * Restarts when the driver has asked for the event, which it does after it has set oactive: the package's
         * essay.
         */
        LEVEL,
        /** Restarts when it finds oactive; start looks at the ring again after it has set it. */
        CHECKED,
        /** As CHECKED, without the second look. Broken. */
        UNCHECKED,
        /** Clears oactive itself, then starts. Broken. */
        CLEAR_OUTSIDE
    }

    /** The design of which the fixture is the code. */
    static Design of(Variant variant) {
        return switch (variant) {
            case REAL -> new Design(SerializerKind.TASK_LIST, CompletionKind.LEVEL);
            case SEED_COUNTER -> new Design(SerializerKind.COUNTER, CompletionKind.LEVEL);
            case RELEASE_LEAVE -> new Design(SerializerKind.RELEASE_LEAVE, CompletionKind.LEVEL);
            case NO_SECOND_LOOK -> new Design(SerializerKind.NO_SECOND_LOOK, CompletionKind.LEVEL);
            case PLAIN_FLAG -> new Design(SerializerKind.PLAIN_FLAG, CompletionKind.LEVEL);
            case BARRIER_ONCE -> new Design(SerializerKind.BARRIER_ONCE, CompletionKind.LEVEL);
            case OACTIVE_UNCHECKED -> new Design(SerializerKind.TASK_LIST, CompletionKind.UNCHECKED);
            case CLEAR_OUTSIDE -> new Design(SerializerKind.TASK_LIST, CompletionKind.CLEAR_OUTSIDE);
        };
    }
}
