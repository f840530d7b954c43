package org.ifqd.port;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.ifq.ThreadEnd;

/**
 * Restarts a lane a while after the kernel has not taken a frame, where nothing tells of room in the device: a libpcap
 * handle, an AF_XDP socket in copy mode.
 *
 * <p><b>Threading:</b> {@link #await} from inside the start routine; {@link #stop} by the controlling thread.
 */
public final class RestartTimer implements Runnable {
    private final Thread thread;
    private Runnable restart;
    private volatile long pauseNs;
    private volatile boolean stopped;

    /** @param name of its thread */
    public RestartTimer(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
    }

    /** @param restart clears oactive and starts the interface, inside the serializer */
    public void start(Runnable restart) {
        this.restart = restart;
        thread.start();
    }

    /** Restart after a pause. Call after setting oactive. */
    public void await(long ns) {
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
    public void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        ThreadEnd.await(thread); // what it restarts is about to be closed
    }
}
