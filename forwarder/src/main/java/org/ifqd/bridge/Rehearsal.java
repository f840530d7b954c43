package org.ifqd.bridge;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Task;
import org.ifqd.linux.packet.RehearsalKernel;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.LanePlan;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Receiver;
import org.ifqd.port.packet.PacketPort;
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
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean enough;

    /** Starts it, unless it has been started. Its thread keeps no process from ending. */
    public void begin() {
        if (begun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("ifqd-rehearsal").start(this::rehearse);
        }
    }

    /** Ends it before its time. */
    public void stop() {
        enough = true;
    }

    /** Frames that were forwarded, when it is over; or why the data path failed. */
    public CompletableFuture<Long> frames() {
        return frames;
    }

    private void rehearse() {
        try {
            Task.niceThisThread(Libc.system(), OWN_NICE);
            Task.named("C2 Compiler").forEach(compiler -> compiler.nice(Libc.system(), COMPILER_NICE));
            frames.complete(framesForwarded());
        } catch (RuntimeException | Error e) {
            frames.completeExceptionally(e);
        }
    }

    private long framesForwarded() {
        Consumer<String> quiet = line -> {};
        try (RehearsalKernel kernel = new RehearsalKernel()) {
            PortContext context = new PortContext(kernel, StartPolicy.ON_CALLER, new Failures(), quiet);
            kernel.offloading(true);
            try (PacketPort left = new PacketPort(context, "rehearsal-0", 1, 1500, SMALL)) {
                kernel.offloading(false);
                try (PacketPort right =
                        new PacketPort(context, "rehearsal-1", 2, 1500, 0, SMALL, SocketFilter.INCOMING, BOUND)) {
                    right.lanes().getFirst().bindThisThread();
                    left.up();
                    right.up();
                    LoopGuard guard = new LoopGuard(probe -> {}, quiet);
                    rounds(kernel, side(0, left, right, guard), side(1, right, left, guard));
                    left.down();
                    right.down();
                    return sent(left) + sent(right);
                }
            }
        }
    }

    private static long sent(PacketPort port) {
        return port.lanes().getFirst().ifnet().queue().counters().sent();
    }

    private static Side side(int port, PacketPort from, PacketPort to, LoopGuard guard) {
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
        for (int round = 1; !enough; round++) {
            int burst = round % ROUNDS_OF_A_BURST == 0 ? BURST : 1 + (round & 1); // most of them as at a low rate
            for (int i = 0; i < burst; i++) {
                kernel.deliver((round & 3) == 3 && i + 1 == burst);
            }
            boolean sleeps = round % ROUNDS_OF_A_SLEEP == 0;
            left.play(sleeps);
            right.play(sleeps);
            if (round % ROUNDS_OF_A_LOOK == 0) {
                enough |= compilers.areQuiet() || System.nanoTime() - endNs >= 0;
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
        @Override
        public void taskFailed(String name, Throwable cause) {
            frames.completeExceptionally(cause);
            stop();
        }

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
            frames.completeExceptionally(new IllegalStateException(name + " is stuck at " + StackLines.of(stack)));
        }
    }
}
