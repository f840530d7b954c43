/**
 * Send queues and the serialised start: OpenBSD's "mpsafe if_start" for Java threads. This essay is what the author of
 * a driver needs; the classes only repeat what concerns them.
 *
 * <p>Nothing in here knows Linux, configuration or logging. Time and privilege play no role: the package is tested with
 * threads and an array. The source of the design is David Gwynne's mail "if_start mpsafe" (OpenBSD tech@, November
 * 2015) and what became of it in OpenBSD's {@code sys/net/ifq.c}.
 *
 * <h2>The idea</h2>
 *
 * <p>Frames for one interface must leave in the order in which they were queued, so only one thread at a time can
 * usefully take frames from its send queue. Making the others wait for a lock would burn their time for nothing. So
 * nobody waits: a thread puts its frames on the {@link org.ifqd.ifq.SendQueue} under the queue's mutex, then calls
 * {@link org.ifqd.ifq.Ifnet#start}. If no thread is inside the driver's start routine, the caller becomes the one that
 * is. If there is one, the caller leaves a note and returns at once; the thread inside looks at its notes before it
 * leaves, goes round again, and so sends the other thread's frames as well.
 *
 * <pre>
 *   thread 1: enqueue ─ start ──▶ [ dequeue, ring, dequeue, ring, ··· note! dequeue, ring, empty ] ─ leave
 *   thread 2:              enqueue ─ start ─ note ─ return                (never inside, never waits)
 *   completion:                        ring has room ─ restart ─ note ─ return
 * </pre>
 *
 * <h2>Audiences</h2>
 *
 * <p><b>Who sends</b> (the bridge, from any thread): {@code ifnet.enqueue(batch)}, which is {@code queue.offer(batch)}
 * followed by {@code start()}. The frames are the queue's from then on, also those that it refuses: it counts and
 * releases them. A call made from inside a start routine returns at once like any other, so no lock order exists that
 * could be violated.
 *
 * <p><b>Who drives an mpsafe device</b> ({@link org.ifqd.ifq.MpsafeDriver}): the start routine runs without any lock
 * held, one thread at a time.
 *
 * <pre>
 *   start(queue):
 *     loop:
 *       space = free tx slots                          look at the ring first: what was dequeued cannot go back
 *       if space == 0: queue.setOactive(); ask for a completion event; return
 *       n = queue.dequeue(batch, space);  if n == 0: return
 *       fill n slots, in ring order; batch.release(0, n)
 *       kick once; queue.sent(...) for what the device took, queue.dropped(...) for what it refused
 *
 *   A driver may keep frames that it has dequeued and could not place: they stay in the books as queued, it goes on
 *   with them at the next start, and drops and reports them as PURGED when the port goes down.
 *
 *   completion (interrupt, POLLOUT, completion ring moved):  ifnet.restart()
 *
 *   up:    empty ring; ifnet.up()                        clears oactive, sets RUNNING, ends with a start
 *   down:  ifnet.clearRunning()
 *          stop the receive side and the completion source
 *          ifnet.startBarrier()                          from here nobody is in start, nobody will touch the ring
 *          ifnet.purge()                                 counted; then unmap, then close
 * </pre>
 *
 * <p>oactive is set only from inside start and cleared only inside the serializer or while the port is down. That is
 * what makes it safe: a completion that frees the whole ring while start is about to set oactive becomes a restart task
 * behind that start, and clears what start has set. The driver's part is to ask for the completion event <em>after</em>
 * it has set oactive, from a source that still tells of a completion that came before (a level, not an edge).
 *
 * <p><b>Who drives a locked device</b> ({@link org.ifqd.ifq.LockedDriver}): the start routine runs with the one
 * {@link org.ifqd.ifq.KernelLock} of the process held, through the serializer as well (as in later OpenBSD, where the
 * compatible start runs behind it: order and re-entrance are the same for both kinds). Since the device is protected by
 * the kernel lock, a locked driver is torn down under that lock, and the start barrier refuses it. A locked driver may
 * look at the head of the queue before it removes it ({@link org.ifqd.ifq.TwoPhaseDequeue}: begin, then commit or
 * rollback) and so put back what the device would not take. An mpsafe driver never gets that object: the types keep it
 * from promising something that only the kernel lock can hold.
 *
 * <h2>The serializer: a task list, not a counter</h2>
 *
 * <p>The mail counts: 0 idle, 1 running, more: go round again. ifqd keeps a mutex and a list of tasks
 * ({@link org.ifqd.ifq.TaskListSerializer}), as OpenBSD has since a few weeks after the mail, because
 *
 * <ul>
 *   <li>start, restart and barrier are different work, and each must run strictly after what was asked for before it;
 *   <li>"leave" is decided under the lock that "enter" takes, so there is no fence to get wrong: the mail's own plain
 *       store in leave strands a frame now and then even on x86;
 *   <li>a barrier is one more task, not a second protocol with its own wake-ups;
 *   <li>its price, two uncontended lock acquisitions for each call, is paid once a batch.
 * </ul>
 *
 * <h2>When a start runs: direct, bundled, task</h2>
 *
 * <p>A {@link org.ifqd.ifq.StartPolicy} answers one question for {@code start()}: with so many frames queued, does the
 * caller go to the serializer now, or is that left to the {@link org.ifqd.ifq.StartWorker}? The answer is one number,
 * the length from which on a start runs now:
 *
 * <ul>
 *   <li><b>direct</b>, 0: always now. The mail.
 *   <li><b>bundled</b>, {@code min(txmit, capacity)}: tx mitigation. Below it the start is deferred, and the frames
 *       that come until the worker wakes leave together. No timer: the delay of a lone frame is the time that the
 *       worker needs to wake up. At or above it the caller starts, and what is deferred is withdrawn.
 *   <li><b>task</b>, never: every start is the worker's. What cost the mail's author 30 % of his transmit rate.
 * </ul>
 *
 * <p>The worker knows nothing but "go to the serializer and hand in start", so all that holds for a start holds for a
 * deferred one: it is serialised, and inside the serializer it looks at RUNNING, oactive and the queue again. A start
 * that comes too often, or too late, does nothing. {@code restart()} and {@code up()} never defer: they come from
 * contexts that have waited already.
 *
 * <p>That is also why the mail's trouble, that a deferred start made the barrier "annoyingly complicated", is gone. The
 * barrier gets everybody out of the start routine; withdraws what waits at the worker, and waits for the one start that
 * the worker may be handing in just now; then it lets the serializer run what that one has left. After it the worker
 * has nothing of this interface in its hands.
 *
 * <h2>Whoever is inside is not kept for ever</h2>
 *
 * <p>A thread that came to send its one frame may find itself sending everybody's: as long as the others keep coming,
 * it cannot leave. With a worker there is a <em>budget</em>, by default one queueful. It is used in two places:
 *
 * <ul>
 *   <li>{@code dequeue} answers 0 when one start has taken that much. The driver returns, as from an empty queue, and
 *       knows nothing of budgets; start is handed in again, at the end of the list, so restarts and barriers get their
 *       turn.
 *   <li>The serializer adds up what the tasks of one visit have taken. When that has reached the budget and something
 *       is listed, the thread leaves <em>with the list as it is</em>, and the worker hands in a start soon.
 * </ul>
 *
 * <p>Nothing can be lost in between, because the hand-over is decided under the serializer's lock: from there on nobody
 * is inside and the list is not empty, and the next one who comes, the worker or any sender, runs it from its head. So
 * order, coalescing and mutual exclusion are those of any other visit, and the worker is only there to see that
 * somebody comes. It has the same budget and hands over to itself, behind its other interfaces.
 *
 * <p>A lone sender never pays for this: no more frames can be waiting than the queue holds, nobody adds to them while
 * it sends them, so its start ends with an empty queue and an empty list. For the same reason a completion that finds a
 * full queue sends all of it. Without a worker ({@link org.ifqd.ifq.StartPolicy#ON_CALLER}) there is nobody to hand
 * over to, and no limit.
 *
 * <h2>Books</h2>
 *
 * <p>Every counter changes under the queue's mutex, together with the queue. At every moment
 * {@code received = sent + dropped (by reason) + queued}, where queued counts the frames that wait plus those that the
 * driver has taken and not yet reported as sent or dropped. {@link org.ifqd.ifq.SendQueue#counters} is a consistent
 * snapshot.
 *
 * <h2>Lanes: several send queues for one port</h2>
 *
 * <p>All of this is about <em>one</em> queue with one ring behind it. Two receive workers that meet there take turns at
 * best: one is inside and sends for both, the other one's frames fill the queue while that one has lost its processor.
 * OpenBSD's answer came in 2017: several send queues for an interface, chosen by flow, each with a serializer of its
 * own. ifqd's is the same. A port has
 * <em>lanes</em>, as many as the other port has receive workers, and each lane is an {@link org.ifqd.ifq.Ifnet} with a
 * queue, a serializer, a transmit ring and a completion context that it shares with nobody. The kernel hands all frames
 * of a flow to one worker (the fanout hash), a worker sends by its own lane, so a flow keeps its lane, and order within
 * a flow holds by what is said above. Between flows of different lanes there is no order, as there is none between the
 * queues of a NIC.
 *
 * <p>What holds for an interface holds for each lane: one start at a time, nobody waits, no frame is left behind,
 * restart from the lane's own completion, a barrier before the lane's ring is unmapped. What a port does, up, pause,
 * down, purge, it does to all of its lanes; it is down when the last one is. The port's books are the sums of the
 * lanes' books, each of which is consistent in itself.
 *
 * <p>Behind a lane there may be one more queue: a NIC has several, and a driver's kernel chooses among them, perhaps by
 * the processor that makes the call. Then everything of a lane has to be done on one processor: the worker that queues
 * and starts, the completion context that restarts, the {@link org.ifqd.ifq.StartWorker} that takes over. Starts run on
 * whoever asks for them, so the driver has to look who that is. One that comes on a wrong thread (an
 * {@link org.ifqd.ifq.Ifnet#up} from a controlling one) sets oactive and leaves the work to its completion context: a
 * start that sends nothing is a start like one that finds the ring full.
 *
 * <p>Why not follow the threads instead, as the kernel's TCP does, which changes its hardware queue only when nothing
 * is in flight? Because a thread can be moved in the middle of the system call that sends a batch, and the frames of
 * one batch are then in two queues. A bound thread is not moved by the scheduler, ever. That rule is only the fallback,
 * for when somebody else has moved it.
 *
 * <h2>What is not promised</h2>
 *
 * <p>Who starts is not fair: a thread may serve the others up to its budget, and again the next time. There is one
 * queue for each lane and no priorities. A frame that waits while the port is oactive waits for the completion event;
 * no timer covers for a driver that loses one.
 */
package org.ifqd.ifq;
