/**
 * An exhaustive check of the core as a whole: queue, serializer, oactive, RUNNING and barrier.
 *
 * <p>{@link org.ifqd.ifq.model.Explorer} visits every state that small programs of two to four threads can reach, in
 * every interleaving of the algorithm's atomic steps. A step is one access to shared memory, or one whole section under
 * a lock: such a section cannot be seen half done, since nothing that it writes is read without the lock, except
 * RUNNING and oactive, of which a section writes one. What the serializer's counter is stored with less than a full
 * fence goes through a store buffer of its thread first (as on x86, TSO), and reaches memory at any later moment.
 *
 * <p>Start policies are explored with the task list and the level-like completion: a worker's thread, a budget of one
 * frame.
 * {@code -Difqd.model.all=true} explores every design on every program (7 million states, some minutes).
 *
 * <p>What it shows, it shows for the bounds of {@link org.ifqd.ifq.model.Program}, and for the steps as they are
 * written down in {@link org.ifqd.ifq.model.Core}, not for the bytecode. The bytecode is the business of the Lincheck
 * tests beside it (which know no store buffers) and of jcstress (which knows no bounds, but is not exhaustive).
 */
package org.ifqd.ifq.model;
