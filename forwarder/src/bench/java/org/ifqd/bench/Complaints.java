package org.ifqd.bench;

import org.ifqd.ifq.TaskListSerializer;

/** A measurement in which something went wrong must not pass for one. */
public final class Complaints implements TaskListSerializer.Monitor {
    @Override
    public void taskFailed(String name, Throwable cause) {
        throw new IllegalStateException("start failed", cause);
    }

    @Override
    public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
        throw new IllegalStateException("barrier stuck behind " + inside);
    }
}
