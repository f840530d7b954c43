package org.ifqd.ifq;

/**
 * How the starts of an interface are run.
 *
 * @param mode where {@link Ifnet#start} runs
 * @param txmit for BUNDLED: frames from which on the start is not deferred (but never more than the queue holds)
 * @param budget frames that a thread takes for the others before it hands over to the worker; 0: one queueful
 * @param worker runs what is deferred or handed over; null only for DIRECT, which then never hands over
 */
public record StartPolicy(StartMode mode, int txmit, int budget, StartWorker worker) {
    /** OpenBSD's default for if_txmit. */
    public static final int DEFAULT_TXMIT = 16;

    /** The mail: on the caller, and nobody to hand over to. */
    public static final StartPolicy ON_CALLER = new StartPolicy(StartMode.DIRECT, DEFAULT_TXMIT, 0, null);

    public StartPolicy {
        if (txmit < 1) {
            throw new IllegalArgumentException("txmit " + txmit + " is less than 1");
        }
        if (budget < 0) {
            throw new IllegalArgumentException("start budget " + budget + " is negative");
        }
        if (worker == null && mode != StartMode.DIRECT) {
            throw new IllegalArgumentException("start " + mode + " needs a worker");
        }
    }

    /** The mode with the default numbers. */
    public static StartPolicy of(StartMode mode, StartWorker worker) {
        return new StartPolicy(mode, DEFAULT_TXMIT, 0, worker);
    }

    public StartPolicy withTxmit(int frames) {
        return new StartPolicy(mode, frames, budget, worker);
    }

    public StartPolicy withBudget(int frames) {
        return new StartPolicy(mode, txmit, frames, worker);
    }

    /** The same on another worker. */
    public StartPolicy on(StartWorker other) {
        return new StartPolicy(mode, txmit, budget, other);
    }

    /** All that the modes differ in: the number of queued frames from which on a start runs on its caller. */
    int startNowAt(int capacity) {
        return switch (mode) {
            case DIRECT -> 0;
            case BUNDLED -> Math.min(txmit, capacity); // a full queue must not wait for frames that it would refuse
            case TASK -> Integer.MAX_VALUE;
        };
    }

    /** Frames that one start may take. Without a worker there is nobody to hand over to, so no limit. */
    int budgetFor(int capacity) {
        if (worker == null) {
            return Integer.MAX_VALUE;
        }
        return budget == 0 ? capacity : budget;
    }
}
