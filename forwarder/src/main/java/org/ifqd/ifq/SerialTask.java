package org.ifqd.ifq;

/**
 * A piece of work for a {@link Serializer}: created once, handed in as often as it is needed.
 *
 * <p><b>Invariant:</b> while a task waits in a serializer it waits there once, however often it is handed in; once it
 * has begun to run it can be handed in again. A task belongs to one serializer.
 */
public final class SerialTask {
    final Runnable action;

    /** Waits in the list. Guarded by the serializer's lock. */
    boolean listed;

    /** @param action runs inside the serializer, on the thread of whoever is there; must not block for long */
    public SerialTask(Runnable action) {
        this.action = action;
    }
}
