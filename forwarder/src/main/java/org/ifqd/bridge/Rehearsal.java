package org.ifqd.bridge;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.packet.RehearsalKernel;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Receiver;
import org.ifqd.port.packet.PacketPort;

/**
 * Runs frames through two ports and a forwarder of their own before the real ones come up, so that the JIT has compiled the
 * data path when the first real frame comes. See {@link RehearsalKernel}: nothing leaves the process.
 *
 * <p><b>Threading:</b> one thread, which it keeps for the time given.
 */
public final class Rehearsal {
    private static final PortOptions SMALL = new PortOptions(1, 512 << 10, 512, 1024);

    /** Rounds of few frames: compiled is what is called often, so small batches do more than large ones. */
    private static final int MOST_ROUNDS = 12_000;

    private static final int LARGEST_BATCH = 64;

    private Rehearsal() {}

    /**
     * @param forMs how long at most, milliseconds
     * @param monitor told of what fails
     * @return frames that were forwarded
     */
    public static long run(long forMs, TaskListSerializer.Monitor monitor) {
        Consumer<String> quiet = line -> {};
        try (RehearsalKernel kernel = new RehearsalKernel()) {
            PortContext context = new PortContext(kernel, StartPolicy.SEED, monitor, quiet);
            try (PacketPort in = new PacketPort(context, "rehearsal-in", 1, 1500, SMALL);
                    PacketPort out = new PacketPort(context, "rehearsal-out", 2, 1500, SMALL)) {
                out.up();
                LoopGuard guard = new LoopGuard(probe -> {}, quiet);
                Forwarder forwarder = new PairForwarder(0, out.ifnet(), LinkLocalPolicy.TRANSPARENT, guard);
                rounds(kernel, in.receivers().getFirst(), forwarder, forMs);
                out.down();
                return out.ifnet().queue().counters().sent();
            }
        }
    }

    private static void rounds(RehearsalKernel kernel, Receiver receiver, Forwarder forwarder, long forMs) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(forMs);
        FrameBatch batch = new FrameBatch(LARGEST_BATCH);
        for (int round = 0; round < MOST_ROUNDS && System.nanoTime() - endNs < 0; round++) {
            int frames = (round & 0x3f) == 0 ? LARGEST_BATCH : 1 + (round & 1); // most of them as at a low rate
            for (int i = 0; i < frames; i++) {
                kernel.deliver((round & 3) == 3 && i + 1 == frames);
            }
            while (receiver.receive(batch) > 0) {
                forwarder.forward(batch);
            }
        }
    }
}
