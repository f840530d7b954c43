package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.ifqd.ifq.StartMode;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Requires;
import org.ifqd.linux.lab.Shell;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.ifqd.port.xdp.XdpInterface;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.XdpPort;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two AF_XDP ports, or one and an AF_PACKET port, with their memory: every frame and every chunk is accounted for. */
class XdpBridgeTest {
    private static final int CHUNK = 2048;
    private static final PortOptions OPTIONS = new PortOptions(1, 1 << 20, 128, 1024);
    private static final int FRAMES = 20_000;
    private static final int FLOWS = 8;
    private static final int KEPT_BY_KERNEL = 4;

    private final int[] next = new int[FLOWS];
    private int received;
    private int late;

    @BeforeAll
    static void needs() {
        Requires.root();
    }

    private static Port xdp(BridgeLab lab, StartPolicy start, String name, XdpMemory memory) {
        int index = Integer.parseInt(Shell.sysfs(name, "ifindex"));
        return new XdpPort(
                new PortContext(Libc.system(), start, lab.monitor, lab.complaints::add),
                name,
                new XdpInterface(name, index, 1500, 1, false),
                OPTIONS,
                memory,
                LanePlan.ONE);
    }

    private static XdpMemory memory(int ports) {
        int chunks = ports * XdpPort.ringChunks(OPTIONS, CHUNK) + 2 * XdpPort.laneChunks(OPTIONS, 1);
        return XdpMemory.open(Libc.system(), chunks, CHUNK, "a test", false);
    }

    private void check(byte[] frame) {
        int flow = frame[BridgeLab.UDP_PAYLOAD + 3];
        int sequence = ByteBuffer.wrap(frame).getInt(BridgeLab.UDP_PAYLOAD + 4);
        received++;
        late += sequence < next[flow] ? 1 : 0;
        next[flow] = Math.max(next[flow], sequence + 1);
    }

    /** Every chunk is free or in a ring, but for one or two that the kernel keeps of frames that it has dropped. */
    private static void assertChunksAddUp(Bridge bridge, XdpMemory memory) {
        IntSupplier missing = () -> memory.chunks()
                - memory.available()
                - bridge.ports().stream()
                        .mapToInt(port -> port instanceof XdpPort xdp ? xdp.chunksInRings() : 0)
                        .sum();
        Await.until(
                () -> missing.getAsInt() + " of " + memory.chunks() + " chunks are missing; " + bridge.snapshot(),
                () -> missing.getAsInt() >= 0 && missing.getAsInt() <= KEPT_BY_KERNEL);
    }

    private void forward(BridgeLab lab, int frames) {
        for (int i = 0; i < frames / FLOWS; i++) {
            int sequence = i;
            lab.left.send(IntStream.range(0, FLOWS)
                    .mapToObj(flow -> BridgeLab.udp(flow, sequence))
                    .toList());
            lab.right.receive(this::check);
        }
    }

    @ParameterizedTest
    @EnumSource(StartMode.class)
    void inOrderAndEveryChunkComesBack(StartMode mode) throws InterruptedException {
        try (BridgeLab lab = new BridgeLab();
                StartWorker worker = StartWorker.open("ifq-shared")) {
            StartPolicy start = StartPolicy.of(mode, worker);
            XdpMemory memory = memory(2);
            try (Bridge bridge = lab.bridge(
                    xdp(lab, start, lab.leftCable.right(), memory), xdp(lab, start, lab.rightCable.left(), memory))) {
                lab.right.listen();
                bridge.start();
                forward(lab, FRAMES);
                BridgeLab.awaitReceived(bridge, FRAMES);
                assertChunksAddUp(bridge, memory);
                assertEquals("", bridge.drain(10_000));
                PortSnapshot ingress = bridge.snapshot().get(0);
                PortSnapshot egress = bridge.snapshot().get(1);
                assertEquals(FRAMES, ingress.rxFrames() + ingress.kernelDrops(), ingress::toString);
                assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
                Await.until(() -> received + " of " + egress.queue().sent(), () -> {
                    lab.right.receive(this::check);
                    return received + lab.right.missed() == egress.queue().sent();
                });
                assertEquals(0, late);
            }
            assertEquals(List.of(), lab.complaints);
        }
    }

    /** Pauses of either port in the middle of it all: what was on its way comes back to the memory too. */
    @Test
    void chunksComeBackFromPauses() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab()) {
            XdpMemory memory = memory(2);
            try (Bridge bridge = lab.bridge(
                    xdp(lab, StartPolicy.ON_CALLER, lab.leftCable.right(), memory),
                    xdp(lab, StartPolicy.ON_CALLER, lab.rightCable.left(), memory))) {
                bridge.start();
                forward(lab, 800);
                for (int i = 0; i < 40; i++) {
                    Port port = bridge.ports().get(i % 2);
                    port.pause(i % 4 < 2 ? PortState.NO_CARRIER : PortState.SUSPENDED);
                    forward(lab, 400);
                    port.resume();
                    forward(lab, 400);
                }
                assertChunksAddUp(bridge, memory);
                assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
            }
        }
    }

    /** Frames of an AF_PACKET port are copied into chunks, those of an AF_XDP port out of them. */
    @Test
    void besideAnAfPacketPort() throws InterruptedException {
        try (BridgeLab lab = new BridgeLab()) {
            XdpMemory memory = memory(1);
            try (Bridge bridge = lab.bridge(
                    lab.port(Libc.system(), lab.leftCable.right(), BridgeLab.SMALL),
                    xdp(lab, StartPolicy.ON_CALLER, lab.rightCable.left(), memory))) {
                lab.left.listen();
                lab.right.listen();
                bridge.start();
                forward(lab, FRAMES);
                lab.right.send(BridgeLab.frame(300, 1), 500);
                BridgeLab.awaitReceived(bridge, FRAMES + 500);
                assertChunksAddUp(bridge, memory);
                assertEquals("", bridge.drain(10_000));
                Await.until(
                        () -> received + " received, " + lab.right.missed() + " missed; " + bridge.snapshot(), () -> {
                            lab.right.receive(this::check);
                            return received + lab.right.missed()
                                    == bridge.snapshot().get(1).queue().sent();
                        });
                assertEquals(0, late);
                assertEquals(500, bridge.snapshot().get(0).queue().sent());
                assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
            }
        }
    }
}
