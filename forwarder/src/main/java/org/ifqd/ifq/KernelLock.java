package org.ifqd.ifq;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The one lock for all drivers that have not opted in to mpsafe (OpenBSD: KERNEL_LOCK and splnet).
 *
 * <p><b>Threading:</b> any thread; may be taken again by its holder.
 */
public final class KernelLock {
    /** The lock of this process. Tests make their own. */
    public static final KernelLock PROCESS = new KernelLock();

    private final ReentrantLock lock = new ReentrantLock();

    public void lock() {
        lock.lock();
    }

    public void unlock() {
        lock.unlock();
    }

    public boolean isHeld() {
        return lock.isHeldByCurrentThread();
    }
}
