package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.ifq.Ifnet;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.port.PortOptions;
import org.ifqd.port.packet.PacketPort;
import org.junit.jupiter.api.Test;

/** Start and stop, again and again: nothing stays behind, and nobody touches a ring that is gone. */
class RoundsTest {
    private static final PortOptions TINY = new PortOptions(2, 512 << 10, 128, 512);
    private static final int ROUNDS = 200;

    /** Side by side, because a round is mostly waiting for the kernel to close its sockets. */
    private static final int LABS = 10;

    private final AtomicLong forwarded = new AtomicLong();

    @Test
    void nothingStaysBehind() throws InterruptedException, IOException {
        List<BridgeLab> labs = new ArrayList<>();
        try {
            for (int i = 0; i < LABS; i++) {
                labs.add(new BridgeLab());
            }
            round(labs.getFirst(), new AtomicReference<>());
            long descriptors = Shell.openDescriptors();
            long mappings = packetMappings();
            inParallel(labs);
            assertTrue(forwarded.get() > 0, "the rounds under load have forwarded nothing");
            assertEquals(List.of(), BridgeLab.workers());
            assertEquals(descriptors, Shell.openDescriptors());
            assertEquals(mappings, packetMappings());
        } finally {
            labs.forEach(BridgeLab::close);
        }
    }

    private void inParallel(List<BridgeLab> labs) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (BridgeLab lab : labs) {
            boolean loaded = threads.size() % 4 == 0;
            threads.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, cause) -> lab.complaints.add(cause.toString()))
                    .start(() -> rounds(lab, loaded)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void rounds(BridgeLab lab, boolean loaded) {
        AtomicReference<Ifnet> egress = new AtomicReference<>();
        AtomicBoolean stop = new AtomicBoolean();
        forwarded.addAndGet(round(lab, egress));
        Thread load = loaded ? load(lab, stop, egress) : null;
        for (int i = 1; i < ROUNDS / LABS; i++) {
            forwarded.addAndGet(round(lab, egress));
        }
        stop.set(true);
        while (load != null && load.isAlive()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Sends frames, and asks the egress to start and restart at any time: also after its ring has been unmapped. */
    private static Thread load(BridgeLab lab, AtomicBoolean stop, AtomicReference<Ifnet> egress) {
        return Thread.ofPlatform().name("load").start(() -> {
            while (!stop.get()) {
                lab.left.send(BridgeLab.frame(60), 64);
                egress.get().start();
                egress.get().restart();
                LockSupport.parkNanos(100_000); // a load, not an overload: other tests run on this machine
            }
        });
    }

    private static long round(BridgeLab lab, AtomicReference<Ifnet> egress) {
        PacketPort first = lab.port(Libc.system(), lab.leftCable.right(), TINY);
        PacketPort second = lab.port(Libc.system(), lab.rightCable.left(), TINY);
        egress.set(second.lanes().getFirst().ifnet());
        try (Bridge bridge = lab.bridge(first, second)) {
            bridge.start();
            assertEquals("", bridge.drain(5_000));
            assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
            assertEquals(0, bridge.unbooked());
            return BridgeLab.sum(bridge, p -> p.queue().sent());
        }
    }

    /** Rings of packet sockets in our address space. */
    private static long packetMappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("socket:["))
                .count();
    }
}
