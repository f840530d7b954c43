package org.ifqd.bridge;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.Station;
import org.ifqd.linux.lab.VethPair;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.packet.PacketPort;

/**
 * Two stations with a bridge between them, on veth pairs of their own:
 *
 * <pre>
 *   left station ── cable ── first port ═ bridge ═ second port ── cable ── right station
 * </pre>
 */
final class BridgeLab implements AutoCloseable {
    static final PortOptions SMALL = new PortOptions(1, 2 << 20, 128, 4096);

    final VethPair leftCable = new VethPair();
    final VethPair rightCable = new VethPair();
    final Station left;
    final Station right;

    /** What went wrong on other threads; empty at the end of every test. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    final TaskListSerializer.Monitor monitor = new TaskListSerializer.Monitor() {
        @Override
        public void taskFailed(String name, Throwable cause) {
            complaints.add(name + ": " + cause);
        }

        @Override
        public void barrierStuck(String name, Thread inside, long waitedMs, StackTraceElement[] stack) {
            complaints.add(name + ": barrier stuck at " + List.of(stack));
        }
    };

    BridgeLab() throws InterruptedException {
        leftCable.up();
        rightCable.up();
        left = new Station(leftCable.left());
        right = new Station(rightCable.right());
    }

    PacketPort port(Libc libc, String name, PortOptions options) {
        int index = Integer.parseInt(Shell.sysfs(name, "ifindex"));
        return new PacketPort(
                new PortContext(libc, StartPolicy.ON_CALLER, monitor, complaints::add),
                name,
                index,
                1500,
                0,
                options,
                SocketFilter.INCOMING,
                LanePlan.anywhere(options.workers()));
    }

    /** A bridge that has not been started. */
    Bridge bridge(PortOptions options) {
        return bridge(Libc.system(), options);
    }

    Bridge bridge(Libc libc, PortOptions options) {
        return bridge(port(libc, leftCable.right(), options), port(libc, rightCable.left(), options));
    }

    Bridge bridge(Port first, Port second) {
        return new Bridge(
                first,
                second,
                LinkLocalPolicy.TRANSPARENT,
                complaints::add,
                (worker, cause) -> complaints.add(worker + ": " + cause));
    }

    /**
     * Waits until the bridge has received, or the kernel has dropped in front of it, so many frames in both directions.
     */
    static void awaitReceived(Bridge bridge, long frames) {
        Await.until(frames + " frames received", () -> sum(bridge, p -> p.rxFrames() + p.kernelDrops()) >= frames);
    }

    static long sum(Bridge bridge, ToLongFunction<PortSnapshot> number) {
        return bridge.snapshot().stream().mapToLong(number).sum();
    }

    /** Where {@link #udp} has flow and sequence number, four bytes each. */
    static final int UDP_PAYLOAD = 14 + 20 + 8;

    /** A UDP datagram of a flow of its own, which the fanout hash tells from others. */
    static byte[] udp(int flow, int sequence) {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (64 - 14)).putInt(0); // no fragment
        frame.put((byte) 64).put((byte) 17).putShort((short) 0); // UDP; nobody looks at the checksum
        frame.putInt(0x0a000001).putInt(0x0a000002);
        frame.putShort((short) (1000 + flow))
                .putShort((short) 2000)
                .putShort((short) (64 - 34))
                .putShort((short) 0);
        return frame.putInt(flow).putInt(sequence).array();
    }

    /** A frame of the left station, of an EtherType for experiments. */
    static byte[] frame(int bytes) {
        return frame(bytes, 0);
    }

    /** @param station 0 left, 1 right: frames that come in on both sides alike look like a loop */
    static byte[] frame(int bytes, int station) {
        byte[] frame = new byte[bytes];
        frame[0] = 2;
        frame[6] = 2;
        frame[11] = (byte) station;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    /** Threads of ports and bridges that are alive. */
    static List<Thread> workers() {
        List<Thread> all = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> e :
                Thread.getAllStackTraces().entrySet()) {
            String name = e.getKey().getName();
            if (name.startsWith("rx-") || name.startsWith("ifq-tx-")) {
                all.add(e.getKey());
            }
        }
        return all;
    }

    @Override
    public void close() {
        try (leftCable;
                rightCable;
                left;
                right) {
            // in reverse order
        }
        if (!complaints.isEmpty()) {
            throw new AssertionError(complaints.toString());
        }
    }
}
