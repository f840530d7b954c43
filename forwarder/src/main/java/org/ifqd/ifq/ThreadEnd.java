package org.ifqd.ifq;

/**
 * Waiting for a thread that was told to end: what it uses may only then be closed or unmapped. Any thread but that one.
 */
public final class ThreadEnd {
    private ThreadEnd() {}

    /** Returns when it has ended. An interrupt does not shorten that; it is pending afterwards. */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
