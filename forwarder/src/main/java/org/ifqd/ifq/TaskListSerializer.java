package org.ifqd.ifq;

import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The serializer as a list of tasks under a lock, with the thread that is inside as the list's runner.
 *
 * <p><b>Why it cannot lose a wake-up:</b> "nobody is inside" is decided under the same lock by the thread that leaves
 * (list empty, runner cleared) and by the one that arrives (task listed, runner looked at). Whichever comes second sees
 * what the first has done.
 *
 * <p><b>Allocation:</b> none in {@link #serialize}; a barrier allocates its latch.
 */
public final class TaskListSerializer implements Serializer {
    /** How long a barrier waits before it tells where it is stuck, and between two such reports. */
    static final long STUCK_AFTER_MS = 2_000;

    private final String name;
    private final Monitor monitor;

    /** A monitor, for the same reason as the mutex of {@link SendQueue}. */
    private final Object lock = new Object();

    private final ArrayDeque<SerialTask> tasks = new ArrayDeque<>();

    /** Who is inside, or null. Written under the lock; read without it by {@link #isInside} and {@link #inside}. */
    private volatile Thread runner;

    /** The charge of the thread inside since it came in. Only that thread touches it. */
    private long charged;

    private long budget = Long.MAX_VALUE;
    private BooleanSupplier successor = () -> false;

    private long enters;
    private long spins;
    private long contended;

    /** The events that a serializer reports; the calls come outside of its lock and must not throw. */
    public interface Monitor {

        /** A task threw. The serializer goes on with the next one. */
        void taskFailed(String name, Throwable cause);

        /**
         * A barrier waits for {@code inside}, which has been in a task for {@code waitedMs} and stands at {@code
         * stack}.
         */
        void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack);
    }

    /**
     * @param name of the interface, for reports
     * @param monitor told of tasks that throw and barriers that do not return
     */
    public TaskListSerializer(String name, Monitor monitor) {
        this.name = name;
        this.monitor = monitor;
    }

    @Override
    public void serialize(SerialTask task) {
        SerialTask next;
        synchronized (lock) {
            if (!task.listed) {
                task.listed = true;
                tasks.addLast(task);
            }
            if (runner != null) {
                contended++;
                return;
            }
            enters++;
            runner = Thread.currentThread();
            charged = 0;
            next = takeOrLeave();
            spins--; // the first one is what the caller came for
        }
        while (next != null) {
            try {
                next.action.run();
            } catch (Throwable e) {
                monitor.taskFailed(name, e);
            }
            synchronized (lock) {
                next = takeOrLeave();
            }
        }
    }

    /** The next task for the thread inside; or null, and it is not inside any more. Lock held. */
    private SerialTask takeOrLeave() {
        SerialTask next = handedOver() ? null : tasks.pollFirst();
        if (next == null) {
            runner = null;
            return null;
        }
        spins++;
        next.listed = false; // from here on it may be handed in again, and will then run again
        return next;
    }

    /**
     * Whether the thread inside has done enough for the others and leaves what is listed to its successor. The tasks
     * stay in the list; whoever comes next, the successor or another caller, finds nobody inside and runs them.
     */
    private boolean handedOver() {
        return charged >= budget && !tasks.isEmpty() && successor.getAsBoolean();
    }

    @Override
    public void handOver(int afterCharge, BooleanSupplier to) {
        synchronized (lock) {
            budget = afterCharge;
            successor = to;
        }
    }

    @Override
    public void charge(int work) {
        charged += work;
    }

    @Override
    public void barrier() {
        if (isInside()) {
            throw new IllegalStateException(name + ": a barrier inside the serializer would wait for itself");
        }
        CountDownLatch passed = new CountDownLatch(1);
        serialize(new SerialTask(passed::countDown)); // behind everything that was handed in before
        boolean interrupted = false;
        long waitedMs = 0;
        while (true) {
            try {
                if (passed.await(STUCK_AFTER_MS, TimeUnit.MILLISECONDS)) {
                    break;
                }
                waitedMs += STUCK_AFTER_MS;
                Thread inside = runner;
                if (inside != null) {
                    monitor.barrierStuck(name, inside, waitedMs, inside.getStackTrace());
                }
            } catch (InterruptedException e) {
                interrupted = true; // an interrupt must not let us unmap a ring that is in use
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isInside() {
        return runner == Thread.currentThread();
    }

    @Override
    public Thread inside() {
        return runner;
    }

    @Override
    public Counters counters() {
        synchronized (lock) {
            return new Counters(enters, spins, contended);
        }
    }
}
