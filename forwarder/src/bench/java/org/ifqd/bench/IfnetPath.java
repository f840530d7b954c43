package org.ifqd.bench;

import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.QueueCounters;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.StartMode;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.ifq.TaskListSerializer;

/** What is measured: send queue, serializer, start policy, as in the product. */
final class IfnetPath implements SendPath {
    private final StartWorker worker = StartWorker.open("ifq-softnet");
    private final SendQueue queue = new SendQueue(CAPACITY);
    private final Ifnet ifnet;

    IfnetPath(StartMode mode) {
        TaskListSerializer serializer = new TaskListSerializer("bench0", new Complaints());
        ifnet = Ifnet.mpsafe("bench0", queue, serializer, new NullDevice(), StartPolicy.of(mode, worker));
        ifnet.up();
    }

    @Override
    public void send(Lane lane) {
        ifnet.enqueue(lane.batch);
    }

    @Override
    public void close() {
        ifnet.clearRunning();
        ifnet.startBarrier();
        ifnet.purge();
        worker.close();
        QueueCounters c = queue.counters();
        if (c.unaccounted() != 0 || c.droppedTotal() > 2 * CAPACITY) {
            throw new IllegalStateException("measured a path that loses frames: " + c);
        }
    }
}
