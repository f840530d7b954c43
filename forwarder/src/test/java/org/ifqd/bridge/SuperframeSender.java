package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.packet.PacketSocket;

/** Sends one and the same GSO frame, TCP over IPv4 in ten segments, as a host's stack hands it to its interface. */
final class SuperframeSender implements AutoCloseable {
    private static final int VNET_BYTES = 10;
    private static final int SEGMENT = 1448;
    private static final int HEADERS = 14 + 20 + 20;
    private static final int BYTES = VNET_BYTES + HEADERS + 10 * SEGMENT;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(BYTES);
    private final PacketSocket socket;

    SuperframeSender(String interfaceName) {
        socket = PacketSocket.open(Libc.system(), interfaceName);
        socket.vnetHeader();
        socket.sendBuffer(16 << 20);
        socket.bindToSend(Integer.parseInt(Shell.sysfs(interfaceName, "ifindex")));
        // struct virtio_net_hdr: NEEDS_CSUM, GSO_TCPV4
        ByteBuffer vnet = ByteBuffer.allocate(VNET_BYTES).order(ByteOrder.nativeOrder());
        vnet.put((byte) 1).put((byte) 1).putShort((short) HEADERS).putShort((short) SEGMENT);
        vnet.putShort((short) 34).putShort((short) 16);
        ByteBuffer frame = ByteBuffer.allocate(BYTES - VNET_BYTES);
        frame.put(BridgeLab.udp(0, 0), 0, 14);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (frame.capacity() - 14));
        frame.putInt(0x4000).put((byte) 64).put((byte) 6).putShort((short) 0);
        frame.putInt(0x0a000001).putInt(0x0a000002);
        frame.putShort((short) 1000).putShort((short) 2000).putLong(0);
        frame.put((byte) 0x50).put((byte) 0x10);
        MemorySegment.copy(vnet.array(), 0, memory, ValueLayout.JAVA_BYTE, 0, VNET_BYTES);
        MemorySegment.copy(frame.array(), 0, memory, ValueLayout.JAVA_BYTE, VNET_BYTES, frame.capacity());
    }

    void send() {
        assertEquals(BYTES, socket.send(memory.address(), BYTES));
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }
}
