package org.ifqd.ifq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The serializer as the mail has it: a counter. 0 idle, 1 running, more: running and asked to go round again. Here as
 * the thing to compare the task list with, and as the ground in which the broken variants grow.
 *
 * <p>What was asked for is a flag for each task, so a look at them costs no lock and no fence: with a mutex in that
 * place the weakened leave would be right by accident. A producer publishes (flag) before it enters (counter); the
 * thread inside resets the counter before it looks at the flags again.
 *
 * <p>Not promised, unlike by the task list: an order between different tasks.
 */
class CounterSerializer implements Serializer {
    static final VarHandle STATE;
    private static final VarHandle RUNNER;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(CounterSerializer.class, "state", int.class);
            RUNNER = MethodHandles.lookup().findVarHandle(CounterSerializer.class, "runner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final TaskListSerializer.Monitor monitor;
    private volatile Wish[] wishes = {};

    /**
     * Who is inside, for that thread's own question only, so it needs no fence; and must have none, since a fence here
     * would stand between leave and the look at the wishes and heal what a broken leave does. The same goes for the
     * counters.
     */
    private Thread runner;

    private long enters;
    private long spins;
    private final LongAdder contended = new LongAdder();

    /** The pad keeps the counter, which every caller writes, off the cache lines of what the thread inside looks at. */
    volatile long pad0, pad1, pad2, pad3, pad4, pad5, pad6;

    volatile int state;
    volatile long pad7, pad8, pad9, pad10, pad11, pad12, pad13;

    /** One task, and whether somebody wants it to run. */
    private static final class Wish {
        final SerialTask task;
        volatile boolean wanted;

        Wish(SerialTask task) {
            this.task = task;
        }
    }

    CounterSerializer(String name, TaskListSerializer.Monitor monitor) {
        this.name = name;
        this.monitor = monitor;
    }

    @Override
    public final void serialize(SerialTask task) {
        wish(task).wanted = true;
        if (!enter()) {
            contended.increment();
            return;
        }
        enters++;
        spins--;
        do {
            spins++;
            RUNNER.setOpaque(this, Thread.currentThread());
            runWanted();
            RUNNER.setOpaque(this, null); // before leave: afterwards the next one may be inside
        } while (!leave());
    }

    private void runWanted() {
        for (Wish wish : wishes) {
            if (wish.wanted) {
                wish.wanted = false;
                try {
                    wish.task.action.run();
                } catch (Throwable e) {
                    monitor.taskFailed(name, e);
                }
            }
        }
    }

    private Wish wish(SerialTask task) {
        for (Wish wish : wishes) {
            if (wish.task == task) {
                return wish;
            }
        }
        synchronized (this) {
            for (Wish wish : wishes) {
                if (wish.task == task) {
                    return wish;
                }
            }
            Wish[] longer = Arrays.copyOf(wishes, wishes.length + 1);
            longer[wishes.length] = new Wish(task);
            wishes = longer;
            return longer[longer.length - 1];
        }
    }

    /** Whether the caller is inside now. */
    boolean enter() {
        return (int) STATE.getAndAdd(this, 1) == 0;
    }

    /** Whether the thread inside has left; if not, it has been asked to go round again. */
    boolean leave() {
        if (STATE.compareAndSet(this, 1, 0)) {
            return true;
        }
        STATE.getAndSet(this, 1); // a full fence between this store and the look at the wishes (T1)
        return false;
    }

    @Override
    public void barrier() {
        if (isInside()) {
            throw new IllegalStateException(name + ": a barrier inside the serializer would wait for itself");
        }
        while (state != 0) {
            Thread.yield();
        }
    }

    @Override
    public final boolean isInside() {
        return (Thread) RUNNER.getOpaque(this) == Thread.currentThread();
    }

    /** Exact while nobody is inside. */
    @Override
    public final Counters counters() {
        return new Counters(enters, spins, contended.sum());
    }
}
