package org.ifqd.port;

/** A receiver whose worker waits by a {@link WorkerWait}. */
public abstract class WaitingReceiver implements Receiver {
    /** The worker's. */
    protected final WorkerWait wait;

    protected WaitingReceiver(WorkerWait wait) {
        this.wait = wait;
    }

    @Override
    public final void begin() {
        wait.begin();
    }

    @Override
    public final boolean isPolling() {
        return wait.isPolling();
    }

    @Override
    public final int cpu() {
        return wait.cpu();
    }

    @Override
    public final void wake() {
        wait.wake();
    }
}
