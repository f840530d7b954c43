package org.ifqd.port.packet;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.Libc;

/**
 * The processor that all system calls for transmission of a lane are made on, and so the hardware queue that its frames
 * take: the kernel chooses the queue by the processor that makes the call (net/packet/af_packet.c,
 * packet_pick_tx_queue). Frames of one flow in two queues can overtake each other.
 *
 * <p>The lane's threads are bound to it, which is exact against all that the kernel's scheduler does. Somebody else may
 * move a bound thread (taskset, cpusets, a processor that goes offline): it is looked at before and after each call.
 * Before: the thread goes home first. After: if it was moved in the middle, frames may have taken another queue, and
 * nothing is sent until none is in flight. A processor that is gone is given up in the same way, as TCP changes its
 * queue (ooo_okay). What remains is such a move between the look at the processor and the end of the call: no call
 * names a queue, so nothing can prevent it. <code>scripts/niclab test order</code> bounds what it costs.
 *
 * <p>To follow the threads instead, always by the second rule, was tried: as exact on a kernel that is not preempted in
 * system calls (0 of 24.8 million out of order in three runs), and faster where no processor is idle (8.3 million
 * frames in 7 seconds instead of 6.4, two queues, overload, two processors for everything). But most kernels can be
 * preempted there, by the scheduler too, and then only a bound thread is exact.
 *
 * <p><b>Threading:</b> {@link #mayCall} and {@link #called} inside the serializer; {@link #bindThisThread} and
 * {@link #cpu} from any thread. <b>Allocation:</b> none while nobody moves the threads.
 */
final class HomeProcessor {
    private static final int ANYWHERE = -1;

    /**
     * A frame in flight for longer than that is not waited for: some drivers keep the last frames until others come.
     */
    private static final long LONGEST_FLIGHT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Libc libc;
    private final BooleanSupplier inFlight;
    private volatile int cpu;
    private volatile Thread[] threads = {};
    private boolean landing;
    private long landingSinceNs;

    private HomeProcessor(Libc libc, int cpu, BooleanSupplier inFlight) {
        this.libc = libc;
        this.cpu = cpu;
        this.inFlight = inFlight;
    }

    /** Any processor will do: there is only one queue. */
    static HomeProcessor anywhere() {
        return new HomeProcessor(null, ANYWHERE, () -> false);
    }

    /** @param inFlight whether frames that were sent have not left yet */
    static HomeProcessor of(Libc libc, int cpu, BooleanSupplier inFlight) {
        return new HomeProcessor(libc, cpu, inFlight);
    }

    /** Its number, or -1 for any. */
    int cpu() {
        return cpu;
    }

    /** From now on the calling thread may make the lane's calls. */
    void bindThisThread() {
        if (cpu != ANYWHERE) {
            CpuAffinity.tryPin(libc, cpu); // if it fails: seen before the first call
            synchronized (this) {
                Thread[] more = Arrays.copyOf(threads, threads.length + 1);
                more[threads.length] = Thread.currentThread();
                threads = more;
            }
        }
    }

    /** Whether a call may be made now, by this thread. If not, the completion context has to try again soon. */
    boolean mayCall() {
        return cpu == ANYWHERE || isBound() && isHome() && hasLanded();
    }

    private boolean isBound() {
        Thread current = Thread.currentThread();
        for (Thread thread : threads) {
            if (thread == current) {
                return true;
            }
        }
        return false;
    }

    private boolean isHome() {
        int here = libc.sched_getcpu();
        if (here == cpu || CpuAffinity.tryPin(libc, cpu) >= 0) {
            return true;
        }
        land();
        if (!hasLanded()) {
            return false;
        }
        cpu = here;
        return CpuAffinity.tryPin(libc, cpu) >= 0;
    }

    /** A call has been made. */
    void called() {
        if (cpu != ANYWHERE && libc.sched_getcpu() != cpu) {
            land();
        }
    }

    /** {@link #called}, and whether another call may follow at once. */
    boolean mayCallAgain() {
        called();
        return mayCall();
    }

    private void land() {
        if (!landing) {
            landing = true;
            landingSinceNs = System.nanoTime();
        }
    }

    private boolean hasLanded() {
        if (landing && (!inFlight.getAsBoolean() || System.nanoTime() - landingSinceNs > LONGEST_FLIGHT_NS)) {
            landing = false;
        }
        return !landing;
    }
}
