package org.ifqd.bench;

import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TaskListSerializer;

/** A send queue that accepts frames without an interface that is started. */
final class OpenQueue {
    private OpenQueue() {}

    static SendQueue of(int capacity) {
        SendQueue queue = new SendQueue(capacity);
        Ifnet.mpsafe("bench0", queue, new TaskListSerializer("bench0", null), q -> {})
                .up();
        return queue;
    }
}
