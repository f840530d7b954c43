package org.ifqd.bench;

import org.ifqd.ifq.StartMode;

/** One way to bring frames from several threads to one device, in order. */
interface SendPath extends AutoCloseable {

    /** Brings the frames of the lane's batch on their way and empties the batch. */
    void send(Lane lane);

    /** The frames of all lanes together fit in a queue of this capacity. */
    int CAPACITY = 4096;

    @Override
    void close();

    static SendPath open(String name) {
        return switch (name) {
            case "reentrantlock" -> new LockedPath();
            case "synchronized" -> new MonitorPath();
            case "mpsc" -> new MpscPath();
            default -> new IfnetPath(StartMode.parse(name));
        };
    }
}
