package org.ifqd.port.pcap;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.ifq.ThreadEnd;

/**
 * Restarts a port a while after the kernel has refused a frame: libpcap tells of no completion.
 *
 * <p><b>Threading:</b> {@link #await} from inside the start routine; {@link #stop} by the controlling thread.
 */
final class TxRetry implements Runnable {
    private final Thread thread;
    private Runnable restart;
    private volatile long pauseNs;
    private volatile boolean stopped;

    TxRetry(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    /** @param restart clears oactive and starts the interface, inside the serializer */
    void start(Runnable restart) {
        this.restart = restart;
        thread.start();
    }

    /** Restart after a pause. Call after setting oactive. */
    void await(long ns) {
        pauseNs = ns;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (!stopped) {
            long ns = pauseNs;
            if (ns == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(ns);
                pauseNs = 0; // before the restart, which may ask again
                restart.run();
            }
        }
    }

    /** Ends the thread and waits for it. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        ThreadEnd.await(thread); // the handle is about to be closed
    }
}
