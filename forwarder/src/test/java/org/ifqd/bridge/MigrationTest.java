package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ifqd.ifq.StartMode;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Task;
import org.ifqd.linux.lab.Requires;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.Station;
import org.ifqd.linux.lab.VethPair;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.ifqd.port.packet.PacketPort;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An egress with several transmit queues, each of which a thread of its own delivers at the sink, so that frames of one
 * flow in two queues overtake each other; and somebody who moves all threads of the lanes about. A receiver that knows
 * nothing of ifqd looks at the order.
 */
class MigrationTest {
    private static final int QUEUES = 4;
    private static final int FLOWS = 16;
    private static final int FRAMES_PER_FLOW = 40_000;
    private static final int MOVES_PER_SECOND = 50;

    private static final PortOptions OPTIONS = new PortOptions(2, 32 << 20, 16, 1 << 16);

    private final int[] next = new int[FLOWS];
    private int received;
    private int late;
    private volatile boolean over;

    @ParameterizedTest
    @EnumSource(StartMode.class)
    void keepsTheOrderWhateverMovesTheThreads(StartMode mode) throws Exception {
        Shell.assumeTools("taskset", "ethtool");
        Requires.that(CpuAffinity.usable(Libc.system()).size() > 1, "needs two processors");
        try (BridgeLab lab = new BridgeLab();
                VethPair cable = new VethPair(QUEUES);
                StartWorker worker = StartWorker.open("ifq-shared")) {
            cable.up();
            Shell.run("ethtool", "-K", cable.left(), "tx", "off", "tso", "off"); // else veth passes its peer's NAPI by
            Shell.run("ethtool", "-K", cable.right(), "gro", "on");
            Files.writeString(Path.of("/sys/class/net", cable.right(), "threaded"), "1");
            StartPolicy start = StartPolicy.of(mode, worker);
            try (Station sink = new Station(cable.right());
                    Bridge bridge = bridge(lab, cable, start)) {
                sink.listen();
                bridge.start();
                CompletableFuture<Void> load = run(() -> load(lab.left));
                CompletableFuture<Void> moves = run(MigrationTest.this::moveThreads);
                CompletableFuture<Void> changes = run(() -> change(bridge));
                while (!load.isDone()) {
                    sink.receive(this::check);
                }
                over = true;
                for (CompletableFuture<Void> each : List.of(load, moves, changes)) {
                    each.join();
                }
                assertEquals("", bridge.drain(10_000));
                LockSupport.parkNanos(100_000_000); // what the kernel still holds back from the sink
                sink.receive(this::check);
                PortSnapshot egress = bridge.snapshot().get(1);
                assertEquals(0, late, () -> "out of order; " + received + " received");
                assertTrue(received > 0 && egress.queue().oactives() > 0, egress::toString);
                assertTrue(egress.lanes().stream().allMatch(lane -> lane.queue().sent() > 0), egress::toString);
                assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
                assertEquals(0, bridge.unbooked());
            }
        }
    }

    private static CompletableFuture<Void> run(Runnable task) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                task.run();
                end.complete(null);
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    private static Bridge bridge(BridgeLab lab, VethPair egress, StartPolicy start) {
        PortContext context = new PortContext(Libc.system(), start, lab.monitor, lab.complaints::add);
        return lab.bridge(
                port(context, lab.leftCable.right(), LanePlan.anywhere(OPTIONS.workers())),
                port(context, egress.left(), new LanePlan(OPTIONS.workers(), true, List.of(), Set.of())));
    }

    private static PacketPort port(PortContext context, String name, LanePlan plan) {
        int index = Integer.parseInt(Shell.sysfs(name, "ifindex"));
        return new PacketPort(context, name, index, 1500, 0, OPTIONS, SocketFilter.INCOMING, plan);
    }

    /** From one processor: a sender that is moved has no order either. */
    private static void load(Station from) {
        CpuAffinity.pinThisThread(
                Libc.system(), CpuAffinity.usable(Libc.system()).getFirst());
        for (int i = 0; i < FRAMES_PER_FLOW; i++) {
            int sequence = i;
            from.send(IntStream.range(0, FLOWS)
                    .mapToObj(flow -> BridgeLab.udp(flow, sequence))
                    .toList());
        }
    }

    private void moveThreads() {
        List<Integer> cpus = CpuAffinity.usable(Libc.system());
        while (!over) {
            List<Task> tasks = Stream.of("rx-", "ifq-")
                    .flatMap(name -> Task.named(name).stream())
                    .toList();
            for (Task task : tasks) {
                String cpu = cpus.get(ThreadLocalRandom.current().nextInt(cpus.size()))
                        .toString();
                try {
                    new ProcessBuilder("taskset", "-cp", cpu, Integer.toString(task.number()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    return;
                }
            }
            LockSupport.parkNanos(1_000_000_000 / MOVES_PER_SECOND);
        }
    }

    /**
     * What a reload and an operator do while frames flow. And a stranger's start: it may find frames, but not send
     * them, so that the completion context has to.
     */
    private void change(Bridge bridge) {
        Port egress = bridge.ports().get(1);
        for (int i = 0; !over; i++) {
            bridge.policy(LinkLocalPolicy.parse(i % 2 == 0 ? "stp=drop" : "lldp=drop"));
            if (i % 100 == 99) {
                egress.pause(PortState.NO_CARRIER);
                egress.resume();
            }
            egress.lanes().forEach(lane -> lane.ifnet().restart());
            LockSupport.parkNanos(2_000_000);
        }
    }

    /** Frames may be missing, purged by a pause; none may come after a later one. */
    private void check(byte[] frame) {
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        if (buffer.getShort(12) == 0x0800) {
            int flow = buffer.getInt(BridgeLab.UDP_PAYLOAD);
            int sequence = buffer.getInt(BridgeLab.UDP_PAYLOAD + 4);
            received++;
            late += sequence < next[flow] ? 1 : 0;
            next[flow] = Math.max(next[flow], sequence + 1);
        }
    }
}
