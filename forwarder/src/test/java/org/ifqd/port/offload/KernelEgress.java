package org.ifqd.port.offload;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.ReceivedFrame;
import org.ifqd.linux.packet.RxRing;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The kernel as the reference: a veth pair whose near end has no offloads, so that the kernel finishes checksums and
 * segments GSO frames itself before it hands them to the far end. Without an address; the names carry the PID.
 *
 * <p><b>Owns:</b> the pair and the sockets.
 */
final class KernelEgress implements AutoCloseable {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int BLOCKS = 8;

    private final String near;
    private final PacketSocket in;
    private final PacketSocket out;
    private final RxRing ring;

    private KernelEgress(String near, String far) throws IOException {
        this.near = near;
        in = PacketSocket.open(Libc.system(), far);
        out = PacketSocket.open(Libc.system(), near);
        ring = RxRing.open(in, 1 << 20, BLOCKS);
        in.ignoreOutgoing();
        in.bindToReceive(index(far));
        out.vnetHeader();
        out.sendBuffer(1 << 23);
        out.bindToSend(index(near));
    }

    /**
     * Makes it, or skips the test with the reason; with {@code IFQD_REQUIRE=all} in the environment it fails instead.
     */
    static KernelEgress open() throws IOException {
        String near = "ifqdts" + Long.toString(ProcessHandle.current().pid(), 36) + "n";
        String far = near.substring(0, near.length() - 1) + "f";
        String problem = run("ip link add " + near + " mtu 65535 type veth peer name " + far + " mtu 65535");
        if (!problem.isEmpty()) {
            Assertions.assertNotEquals("all", System.getenv("IFQD_REQUIRE"), problem);
            Assumptions.abort("needs root, ip and veth: " + problem);
        }
        try {
            must("ip link set " + near + " addrgenmode none up");
            must("ip link set " + far + " addrgenmode none up");
            must("ethtool -K " + near + " tx off sg off tso off gso off tx-udp-segmentation off");
            return new KernelEgress(near, far);
        } catch (IOException | RuntimeException | AssertionError e) {
            run("ip link del " + near);
            throw e;
        }
    }

    /** The far end's backlog has netdev_max_backlog frames, 1000 by default: more at once would be lost. */
    static final int MOST_FRAMES = 500;

    /** Sends a frame with its vnet header. Returns the frames that arrive, as many as are expected. */
    List<byte[]> send(byte[] vnet, byte[] frame, int expected) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate((long) vnet.length + frame.length);
            MemorySegment.copy(vnet, 0, message, ValueLayout.JAVA_BYTE, 0, vnet.length);
            MemorySegment.copy(frame, 0, message, ValueLayout.JAVA_BYTE, vnet.length, frame.length);
            Assertions.assertEquals(
                    message.byteSize(), out.send(message.address(), message.byteSize()), "minus errno of send");
        }
        List<byte[]> arrived = new ArrayList<>();
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (arrived.size() < expected) {
            Assertions.assertTrue(System.nanoTime() < deadline, arrived.size() + " of " + expected + " frames arrived");
            receive(arrived);
        }
        return arrived;
    }

    private void receive(List<byte[]> frames) {
        long block = ring.block();
        if (block == 0) {
            Thread.onSpinWait();
            return;
        }
        long header = ring.firstPlace();
        for (int left = RxRing.frames(block); left > 0; left--) {
            int bytes = ReceivedFrame.capturedBytes(header);
            long frame = ReceivedFrame.mac(header);
            if (ReceivedFrame.hasStrippedTag(header)) {
                frame = ReceivedFrame.restoreTag(header);
                bytes += 4;
            }
            frames.add(Memory.segment(frame, bytes).toArray(ValueLayout.JAVA_BYTE));
            header = ring.next(header);
        }
        ring.giveBack(ring.current());
        ring.advance();
    }

    /** Java's NetworkInterface knows only interfaces with an address. */
    private static int index(String name) throws IOException {
        return Integer.parseInt(
                Files.readString(Path.of("/sys/class/net", name, "ifindex")).strip());
    }

    private static void must(String command) {
        String problem = run(command);
        Assertions.assertTrue(problem.isEmpty(), problem);
    }

    /** What went wrong, or nothing. */
    private static String run(String command) {
        try {
            Process process = new ProcessBuilder(command.split(" "))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            int status = process.waitFor();
            return status == 0 ? "" : command + ": exit status " + status + ": " + output;
        } catch (IOException e) {
            return command + ": " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return command + ": interrupted";
        }
    }

    @Override
    public void close() {
        ring.close();
        in.close();
        out.close();
        run("ip link del " + near);
    }
}
