package org.ifqd.port;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.ifq.ThreadEnd;

/**
 * Restarts a lane a while after the kernel has not taken a frame, where nothing tells of room in the device: a libpcap
 * handle, an AF_XDP socket.
 *
 * <p><b>Threading:</b> {@link #await} from inside the start routine; {@link #stop} by the controlling thread.
 */
public final class RestartTimer implements Runnable {
    private final Thread thread;
    private Runnable restart;

    /** System.nanoTime() of the next restart; 0: none is coming. */
    private volatile long dueNs;

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

    /** Restart after that time, or earlier if that was asked for already. Call after setting oactive. */
    public void await(long ns) {
        long due = System.nanoTime() + ns | 1; // not 0
        long pending = dueNs;
        if (pending == 0 || due - pending < 0) {
            dueNs = due;
            if (Thread.currentThread() != thread) { // which is not going to sleep through it
                LockSupport.unpark(thread);
            }
        }
    }

    @Override
    public void run() {
        while (!stopped) {
            long due = dueNs;
            long leftNs = due - System.nanoTime();
            if (due == 0) {
                LockSupport.park(this);
            } else if (leftNs > 0) {
                LockSupport.parkNanos(this, leftNs);
            } else {
                dueNs = 0; // before the restart, which may ask again
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
