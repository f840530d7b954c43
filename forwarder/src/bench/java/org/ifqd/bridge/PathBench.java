package org.ifqd.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ifqd.bench.Complaints;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.linux.RehearsalKernel;
import org.ifqd.linux.packet.PacketRehearsalKernel;
import org.ifqd.linux.xdp.XdpRehearsalKernel;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.packet.PacketPort;
import org.ifqd.port.xdp.XdpInterface;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.XdpPort;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The whole path of a frame in Java, from the receive ring of one port to the transmit ring of the other, both ways:
 * all that ifqd does to it but the system calls. Frames of 60 bytes, made in memory, are in the receive rings before
 * the clock runs; that a played kernel empties the transmit ring is in the time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(2 * PathBench.FRAMES)
@Fork(3)
public class PathBench {
    /** Each way and round: less than a batch of a worker. */
    static final int FRAMES = 128;

    private static final PortOptions OPTIONS = new PortOptions(1, 2 << 20, 512, 1024);

    /** The ports' backend; their checksums are finished, as by a NIC, but for af_xdp-veth. */
    @Param({"af_packet", "af_xdp", "af_xdp-veth"})
    public String backend;

    private final List<AutoCloseable> open = new ArrayList<>();
    private RehearsalKernel kernel;
    private Port[] ports;
    private ReceiveWorker[] workers;
    private long delivered;
    private long rounds;

    @Setup(Level.Trial)
    public void openPorts() {
        boolean isXdp = backend.startsWith("af_xdp");
        kernel = isXdp ? new XdpRehearsalKernel() : new PacketRehearsalKernel();
        open.add(kernel);
        PortContext context = new PortContext(kernel, StartPolicy.ON_CALLER, new Complaints(), line -> {});
        ports = isXdp ? xdpPorts(context) : packetPorts(context);
        LoopGuard guard = new LoopGuard(probe -> {}, line -> {});
        workers = new ReceiveWorker[2];
        for (int i = 0; i < 2; i++) {
            open.add(ports[i]);
            ports[i].up();
            Forwarder forwarder = new PairForwarder(
                    i, ports[1 - i].lanes().getFirst(), LinkLocalPolicy.TRANSPARENT, guard);
            workers[i] = new ReceiveWorker("bench", ports[i].receivers().getFirst(), forwarder);
        }
    }

    private static Port[] packetPorts(PortContext context) {
        return new Port[] {
            new PacketPort(context, "bench-0", 1, 1500, OPTIONS), new PacketPort(context, "bench-1", 2, 1500, OPTIONS)
        };
    }

    private Port[] xdpPorts(PortContext context) {
        int chunks = 2 * (XdpPort.laneChunks(OPTIONS, 1) + XdpPort.ringChunks(OPTIONS, 2048));
        XdpMemory memory = XdpMemory.open(context.libc(), chunks, 2048, "the benchmark", false);
        Port[] both = new Port[2];
        for (int i = 0; i < 2; i++) {
            XdpInterface port = new XdpInterface("bench-" + i, i + 1, 1500, 1, backend.equals("af_xdp"));
            both[i] = new XdpPort(context, port.name(), port, OPTIONS, memory, LanePlan.ONE);
        }
        return both;
    }

    @Setup(Level.Invocation)
    public void deliver() {
        rounds++;
        for (int i = 1; i <= FRAMES; i++) {
            delivered += kernel.deliver(i == FRAMES);
        }
    }

    @Benchmark
    public void bothWays() {
        workers[0].turn();
        workers[1].turn();
    }

    @TearDown(Level.Trial)
    public void closePorts() throws Exception {
        bothWays();
        long sent = 0;
        for (Port port : ports) {
            port.down();
            sent += port.lanes().getFirst().ifnet().queue().counters().sent();
        }
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        if (sent != delivered || delivered < 0.99 * rounds * 2 * FRAMES) { // the ring's first round may find it full
            throw new IllegalStateException("%d sent, %d delivered in %d rounds: the time is not theirs"
                    .formatted(sent, delivered, rounds));
        }
    }
}
