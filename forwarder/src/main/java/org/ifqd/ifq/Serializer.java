package org.ifqd.ifq;

import java.util.function.BooleanSupplier;

/**
 * Runs tasks one at a time, in the order in which they were handed in, on whichever caller came first. Callers that
 * find somebody inside return at once; see the package's essay.
 *
 * <p>An interface because the concurrency tests put broken variants in its place, and the benchmarks other ones.
 *
 * <p><b>Threading:</b> all methods from any thread.
 */
public interface Serializer {

    /**
     * Hands a task in. It runs once, at some time after this call began: on this thread before the call returns, or on
     * the thread that is inside. Waits for nobody; from inside a task it only lists the task and returns.
     */
    void serialize(SerialTask task);

    /**
     * Returns when every task that was handed in before this call has ended. Not interruptible: whoever waits here is
     * about to unmap a ring.
     *
     * @throws IllegalStateException when called from inside a task, which would wait for itself
     */
    void barrier();

    /** Whether the calling thread is inside, running a task. */
    boolean isInside();

    /** Who is inside at this moment, or null; for a look at one that does not come out. */
    default Thread inside() {
        return null;
    }

    /**
     * From inside a task: how much work the task has done, in the unit of the budget. Ignored by serializers that do
     * not hand over.
     */
    default void charge(int work) {}

    /**
     * Lets a thread leave although tasks are listed, once it has been charged {@code budget} since it came in. A
     * serializer may ignore this: then a thread stays for as long as tasks are listed. Before the first
     * {@link #serialize}.
     *
     * @param successor asked at that moment, under the serializer's lock: true promises that another thread will hand
     *     in a task after this one has left; false, and this one goes on
     */
    default void handOver(int budget, BooleanSupplier successor) {}

    /** How often each thing happened so far. */
    Counters counters();

    /**
     * Counters of a serializer.
     *
     * @param enters calls that found nobody inside and went in
     * @param spins tasks that the thread inside ran beyond the one that it came with
     * @param contended calls that found somebody inside and returned
     */
    record Counters(long enters, long spins, long contended) {
        /** The sum of both. */
        public Counters plus(Counters other) {
            return new Counters(enters + other.enters, spins + other.spins, contended + other.contended);
        }
    }
}
