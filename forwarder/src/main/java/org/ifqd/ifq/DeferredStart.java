package org.ifqd.ifq;

/**
 * The start of one interface as work for the {@link StartWorker}: it waits there at most once, however often it is
 * asked for.
 *
 * <p><b>Threading:</b> any thread.
 */
final class DeferredStart {
    final Runnable action;
    private final StartWorker worker;

    /**
     * Waits in the worker's list. Written under the worker's monitor; read without it as a short cut, which is right in
     * both directions: who reads true has queued its frames before the worker (or who cancels, and then starts) clears
     * it and looks at the queue; who reads false goes and asks under the monitor.
     */
    volatile boolean pending;

    DeferredStart(StartWorker worker, Runnable action) {
        this.worker = worker;
        this.action = action;
    }

    /**
     * The action will run on the worker, at some time after this call began.
     *
     * @return false when the worker is closed: the caller must do it itself
     */
    boolean schedule() {
        return pending || worker.list(this);
    }

    /** Has the same worker run something else; false when it is closed. */
    boolean beside(Runnable other) {
        return worker.list(new DeferredStart(worker, other));
    }

    /** Withdraws what is not yet running. Who calls this starts the interface itself, or takes it down. */
    void cancel() {
        if (pending) {
            worker.unlist(this);
        }
    }

    /** Withdraws it, and returns when the worker is not in the action any more. Not interruptible. */
    void settle() {
        worker.settle(this);
    }
}
