package org.ifqd.race;

import org.ifqd.ifq.TaskListSerializer;

/** A monitor for tests whose tasks do not throw, or may. */
enum Silent implements TaskListSerializer.Monitor {
    MONITOR;

    @Override
    public void taskFailed(String name, Throwable cause) {}

    @Override
    public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {}
}
