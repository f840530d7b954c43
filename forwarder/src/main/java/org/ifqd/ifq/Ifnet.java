package org.ifqd.ifq;

import org.ifqd.frame.FrameBatch;

/**
 * One interface as its senders and its driver see it (OpenBSD: struct ifnet): a send queue, a serializer, the driver's
 * start routine, and the flags RUNNING, OACTIVE and MPSAFE. The package's essay has the rules.
 *
 * <p><b>Threading:</b> all methods from any thread, except where one says otherwise.
 */
public final class Ifnet {
    private final String name;
    private final SendQueue queue;
    private final Serializer serializer;
    private final KernelLock kernelLock;
    private final SerialTask startTask;
    private final SerialTask restartTask;
    private final int startNowAt;
    private final int budget;

    /** The start as work for the worker; null without one. */
    private final DeferredStart deferred;

    private Ifnet(
            String name,
            SendQueue queue,
            Serializer serializer,
            KernelLock lock,
            Runnable driverStart,
            StartPolicy policy) {
        this.name = name;
        this.queue = queue;
        this.serializer = serializer;
        this.kernelLock = lock;
        this.startTask = new SerialTask(locking(() -> runStart(driverStart)));
        this.restartTask = new SerialTask(locking(() -> runRestart(driverStart)));
        this.startNowAt = policy.startNowAt(queue.capacity());
        this.budget = policy.budgetFor(queue.capacity());
        this.deferred = policy.worker() == null ? null : new DeferredStart(policy.worker(), this::startNow);
        if (deferred != null) {
            serializer.handOver(budget, deferred::schedule);
        }
    }

    /** An interface whose driver has opted in: start never takes the kernel lock. */
    public static Ifnet mpsafe(
            String name, SendQueue queue, Serializer serializer, MpsafeDriver driver, StartPolicy policy) {
        return new Ifnet(name, queue, serializer, null, () -> driver.start(queue), policy);
    }

    /** The same, started as in the mail. */
    public static Ifnet mpsafe(String name, SendQueue queue, Serializer serializer, MpsafeDriver driver) {
        return mpsafe(name, queue, serializer, driver, StartPolicy.ON_CALLER);
    }

    /** An interface whose driver is started with the kernel lock held. */
    public static Ifnet locked(
            String name,
            SendQueue queue,
            Serializer serializer,
            KernelLock lock,
            LockedDriver driver,
            StartPolicy policy) {
        TwoPhaseDequeue dequeue = new TwoPhaseDequeue(queue);
        Runnable driverStart = () -> {
            try {
                driver.start(queue, dequeue);
            } finally {
                queue.abandonBegun(); // a driver that threw after begin must not keep the head for ever
            }
        };
        return new Ifnet(name, queue, serializer, lock, driverStart, policy);
    }

    /** The same, started as in the mail. */
    public static Ifnet locked(
            String name, SendQueue queue, Serializer serializer, KernelLock lock, LockedDriver driver) {
        return locked(name, queue, serializer, lock, driver, StartPolicy.ON_CALLER);
    }

    private Runnable locking(Runnable work) {
        if (kernelLock == null) {
            return work;
        }
        return () -> {
            kernelLock.lock();
            try {
                work.run();
            } finally {
                kernelLock.unlock();
            }
        };
    }

    /** Inside the serializer. The one place that decides whether the driver runs, so that no driver repeats it. */
    private void runStart(Runnable driverStart) {
        if (!queue.beginStart(budget)) {
            return;
        }
        FlightEvents.Drain event = FlightEvents.beginDrain();
        driverStart.run();
        int left = queue.startAllowance();
        if (event != null) {
            event.end(name, budget - left);
        }
        serializer.charge(budget - left);
        if (left == 0 && queue.length() > 0) {
            serializer.serialize(
                    startTask); // dequeue answered 0 though there was more: behind what others have asked for
        }
    }

    /**
     * Inside the serializer, so behind any start that is about to set oactive. A late one on a dead port does nothing.
     */
    private void runRestart(Runnable driverStart) {
        if (queue.isRunning()) {
            clearOactive();
            runStart(driverStart);
        }
    }

    private void clearOactive() {
        long sinceNs = queue.clearOactive();
        if (sinceNs != SendQueue.NOT_OACTIVE) {
            FlightEvents.oactiveEnded(name, sinceNs);
        }
    }

    /**
     * Queues the frames of a batch and starts the interface; the batch comes back empty. Returns how many were queued.
     */
    public int enqueue(FrameBatch batch) {
        int kept = queue.offer(batch);
        if (kept > 0) {
            start();
        }
        return kept;
    }

    /**
     * Makes sure that the queue is looked at after this call began: by this thread, by the one that is inside, or by
     * the worker if the policy has one. When every call has returned and the worker has nothing listed, the queue is
     * empty, or the interface is oactive or not RUNNING.
     */
    public void start() {
        if (startNowAt > 0 && queue.length() < startNowAt && deferred.schedule()) {
            return;
        }
        if (deferred != null) {
            deferred.cancel();
        }
        startNow();
    }

    private void startNow() {
        serializer.serialize(startTask);
    }

    /**
     * The transmit ring has room again: clears oactive and starts, both inside the serializer. For completion contexts.
     */
    public void restart() {
        serializer.serialize(restartTask);
    }

    /**
     * Runs work as the driver's start is run: serialised, with the kernel lock for a locked driver, on the worker where
     * there is one, and not at all while the interface is not RUNNING. Not for the data path: it allocates.
     */
    public void submit(Runnable work) {
        SerialTask task = new SerialTask(locking(() -> {
            if (queue.isRunning()) {
                work.run();
            }
        }));
        if (deferred == null || !deferred.beside(() -> serializer.serialize(task))) {
            serializer.serialize(task);
        }
    }

    /** Brings the interface up: the ring is empty and mapped. Ends with a start. */
    public void up() {
        queue.clearOactive();
        queue.setRunning(true);
        startNow();
    }

    /**
     * The first step down: from now on frames that are offered are dropped and counted, and no new start begins. For a
     * locked driver this waits for the kernel lock, so that on return no start is running either.
     */
    public void clearRunning() {
        if (kernelLock == null) {
            queue.setRunning(false);
            return;
        }
        kernelLock.lock();
        try {
            queue.setRunning(false);
        } finally {
            kernelLock.unlock();
        }
    }

    /**
     * Returns when no thread is in the start routine, no start waits at the worker, and none will touch the ring until
     * {@link #up}: now it may be unmapped.
     *
     * @throws IllegalStateException for a locked driver, while RUNNING, or from inside the start routine
     */
    public void startBarrier() {
        if (kernelLock != null) {
            throw new IllegalStateException(name + ": start barrier of a driver that is not mpsafe");
        }
        if (queue.isRunning()) {
            throw new IllegalStateException(name + ": start barrier while RUNNING; clear it first");
        }
        FlightEvents.BarrierWait event = FlightEvents.beginBarrier();
        serializer.barrier(); // whoever is in the driver has left it; the barrier tells if somebody does not
        if (deferred != null) {
            deferred.settle(); // so this waits only for a start that finds the port down
            serializer.barrier(); // and this for what that start has left to another thread
        }
        if (event != null) {
            event.end(name);
        }
    }

    /**
     * Drops all queued frames, counted as PURGED, and clears oactive. Only after {@link #clearRunning} and, for an
     * mpsafe driver, the barrier.
     *
     * @return how many frames
     */
    public int purge() {
        if (queue.isRunning()) {
            throw new IllegalStateException(name + ": purge while RUNNING; clear it first");
        }
        int purged = queue.purge();
        clearOactive();
        return purged;
    }

    public String name() {
        return name;
    }

    public SendQueue queue() {
        return queue;
    }

    /** The thread that is in the start routine, or on its way in or out; null when none is. */
    public Thread inside() {
        return serializer.inside();
    }

    public Serializer.Counters serializerCounters() {
        return serializer.counters();
    }
}
