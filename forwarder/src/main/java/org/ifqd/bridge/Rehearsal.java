package org.ifqd.bridge;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.RehearsalKernel;
import org.ifqd.linux.Task;
import org.ifqd.linux.packet.PacketRehearsalKernel;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.xdp.XdpRehearsalKernel;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Receiver;
import org.ifqd.port.packet.PacketPort;
import org.ifqd.port.xdp.XdpInterface;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.XdpPort;
import org.ifqd.watchdog.StackLines;

/**
 * Runs frames through two ports of its own, both ways, until the JIT has compiled the data path and is quiet. See
 * {@link RehearsalKernel}: nothing leaves the process.
 *
 * <p>It begins with the process, on a thread of its own, and goes on while that reads its configuration and opens its
 * ports, and while these forward their first frames. It gives way to them, and has the C2 compiler do so for good: a
 * worker that shares its processor with C2 would lose half of it, and its frames with it. C1 does not give way: until
 * it is done frames are interpreted, at some 15 microseconds each.
 *
 * <p>First come ports over AF_PACKET, which most configurations have; ports over AF_XDP follow where they are asked
 * for.
 *
 * <p><b>Threading:</b> any thread.
 */
public final class Rehearsal {
    private static final PortOptions SMALL = new PortOptions(1, 512 << 10, 512, 1024);

    /** One of the two lanes looks where it is before it sends. */
    private static final LanePlan BOUND = new LanePlan(1, true, List.of(RehearsalKernel.PROCESSOR), Set.of());

    /** Half of the weight of the threads that forward. */
    private static final int COMPILER_NICE = 3;

    /** Next to nothing: while the compiler has something to do the rehearsal need not go on. */
    private static final int OWN_NICE = 19;

    private static final int XDP_CHUNK_BYTES = 2048;

    private static final long LONGEST_NS = TimeUnit.MILLISECONDS.toNanos(2_500);

    /**
     * Rounds between two looks at the compilers: some more than the calls after which a method is compiled. They are
     * quiet when they had something to do for less than a part of the time, some looks in a row.
     */
    private static final int ROUNDS_OF_A_LOOK = 6_000;

    private static final int QUIET_PART = 20;
    private static final int QUIET_LOOKS = 2;

    /** Rounds of few frames: compiled is what is called often, so small batches do more than large ones. */
    private static final int ROUNDS_OF_A_BURST = 64;

    private static final int BURST = 64;
    private static final int ROUNDS_OF_A_SLEEP = 4;

    private final CompletableFuture<Long> frames = new CompletableFuture<>();
    private CompletableFuture<Long> last = frames;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean stopped;

    /** Starts it, unless it has been started. Its thread keeps no process from ending. */
    public void begin() {
        if (begun.compareAndSet(false, true)) {
            start(frames, this::packetFrames);
        }
    }

    /** Likewise, and has ports over AF_XDP follow. Once, by the one who asks for {@link #frames}. */
    public void begin(boolean alsoXdp) {
        begin();
        if (alsoXdp) {
            last = frames.thenCompose(sent -> start(new CompletableFuture<>(), this::xdpFrames));
        }
    }

    /** Ends it before its time. */
    public void stop() {
        stopped = true;
    }

    /**
     * Frames that were forwarded by the part that came last, when all is over; or why the data path failed. What
     * {@link #begin(boolean)} adds counts only if that was called before.
     */
    public CompletableFuture<Long> frames() {
        return last;
    }

    private CompletableFuture<Long> start(CompletableFuture<Long> result, Part part) {
        Thread.ofPlatform().daemon().name("ifqd-rehearsal").start(() -> {
            try {
                Task.niceThisThread(Libc.system(), OWN_NICE);
                Task.named("C2 Compiler").forEach(compiler -> compiler.nice(Libc.system(), COMPILER_NICE));
                result.complete(part.rehearse(new Failures(result)));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Has frames forwarded and returns how many. */
    private interface Part {
        long rehearse(TaskListSerializer.Monitor monitor);
    }

    private static PortContext context(RehearsalKernel kernel, TaskListSerializer.Monitor monitor) {
        return new PortContext(kernel, StartPolicy.ON_CALLER, monitor, line -> {});
    }

    private long packetFrames(TaskListSerializer.Monitor monitor) {
        try (RehearsalKernel kernel = new PacketRehearsalKernel()) {
            PortContext context = context(kernel, monitor);
            kernel.offloading(true);
            try (PacketPort left = new PacketPort(context, "rehearsal-0", 1, 1500, SMALL)) {
                kernel.offloading(false);
                try (PacketPort right =
                        new PacketPort(context, "rehearsal-1", 2, 1500, 0, SMALL, SocketFilter.INCOMING, BOUND)) {
                    right.lanes().getFirst().bindThisThread();
                    return framesBetween(kernel, left, right);
                }
            }
        }
    }

    /** Both ways by chunks that cross as they are; one interface has its checksums, the other leaves some to us. */
    private long xdpFrames(TaskListSerializer.Monitor monitor) {
        try (RehearsalKernel kernel = new XdpRehearsalKernel()) {
            PortContext context = context(kernel, monitor);
            int chunks = 2 * (XdpPort.laneChunks(SMALL, 1) + XdpPort.ringChunks(SMALL, XDP_CHUNK_BYTES));
            XdpMemory memory = XdpMemory.open(kernel, chunks, XDP_CHUNK_BYTES, "the rehearsal", false);
            XdpInterface finished = new XdpInterface("rehearsal-2", 1, 1500, 1, true);
            XdpInterface unfinished = new XdpInterface("rehearsal-3", 2, 1500, 1, false);
            try (Port left = new XdpPort(context, finished.name(), finished, SMALL, memory, LanePlan.ONE);
                    Port right = new XdpPort(context, unfinished.name(), unfinished, SMALL, memory, LanePlan.ONE)) {
                return framesBetween(kernel, left, right);
            }
        }
    }

    private long framesBetween(RehearsalKernel kernel, Port left, Port right) {
        left.up();
        right.up();
        LoopGuard guard = new LoopGuard(probe -> {}, line -> {});
        rounds(kernel, side(0, left, right, guard), side(1, right, left, guard));
        left.down();
        right.down();
        return sent(left) + sent(right);
    }

    private static long sent(Port port) {
        return port.lanes().getFirst().ifnet().queue().counters().sent();
    }

    private static Side side(int port, Port from, Port to, LoopGuard guard) {
        Receiver receiver = from.receivers().getFirst();
        Forwarder forwarder = new PairForwarder(port, to.lanes().getFirst(), LinkLocalPolicy.TRANSPARENT, guard);
        ReceiveWorker[] workers = {new ReceiveWorker("rehearsal", receiver, forwarder)};
        return new Side(receiver, workers);
    }

    /** One way through the bridge. */
    private record Side(Receiver receiver, ReceiveWorker[] workers) {
        /** Takes what is there, looks once more, and sometimes does as if it slept. */
        private void play(boolean sleeps) {
            ReceiveThread.turn(workers);
            ReceiveThread.turn(workers);
            if (sleeps) {
                receiver.await(0);
            }
        }
    }

    private void rounds(RehearsalKernel kernel, Side left, Side right) {
        Compilers compilers = new Compilers();
        long endNs = System.nanoTime() + LONGEST_NS;
        boolean enough = false;
        for (int round = 1; !enough && !stopped; round++) {
            int burst = round % ROUNDS_OF_A_BURST == 0 ? BURST : 1 + (round & 1); // most of them as at a low rate
            for (int i = 0; i < burst; i++) {
                kernel.deliver((round & 3) == 3 && i + 1 == burst);
            }
            boolean sleeps = round % ROUNDS_OF_A_SLEEP == 0;
            left.play(sleeps);
            right.play(sleeps);
            if (round % ROUNDS_OF_A_LOOK == 0) {
                enough = compilers.areQuiet() || System.nanoTime() - endNs >= 0;
            }
        }
    }

    /** The JIT's threads. */
    private static final class Compilers {
        private final List<Task> tasks = Stream.of("C1 Compiler", "C2 Compiler")
                .map(Task::named)
                .flatMap(List::stream)
                .toList();
        private long busyNs;
        private long sinceNs = System.nanoTime();
        private int quietLooks;

        private boolean areQuiet() {
            long nowNs = System.nanoTime();
            long nowBusyNs = tasks.stream().mapToLong(Task::busyNs).sum();
            boolean quiet = (nowBusyNs - busyNs) * QUIET_PART < nowNs - sinceNs;
            busyNs = nowBusyNs;
            sinceNs = nowNs;
            quietLooks = quiet ? quietLooks + 1 : 0;
            return quietLooks >= QUIET_LOOKS;
        }
    }

    private final class Failures implements TaskListSerializer.Monitor {
        private final CompletableFuture<Long> result;

        private Failures(CompletableFuture<Long> result) {
            this.result = result;
        }

        @Override
        public void taskFailed(String name, Throwable cause) {
            result.completeExceptionally(cause);
            stop();
        }

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
            result.completeExceptionally(new IllegalStateException(name + " is stuck at " + StackLines.of(stack)));
        }
    }
}
