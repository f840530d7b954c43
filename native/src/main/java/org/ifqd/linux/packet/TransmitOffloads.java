package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.ifqd.linux.Libc;

/**
 * The offloads that an interface has for frames that it sends, as {@code ethtool -k} says.
 *
 * <p>Asked by ioctl through {@link Libc} and not through the control plane's jnr-ffi, because it is asked each time a
 * port is opened and loading jnr-ffi would more than double the time that takes. The answer is of that moment: where it
 * changes later the kernel does what the interface cannot, only ifqd does not count it.
 *
 * @param checksum it finishes checksums (CHECKSUM_PARTIAL)
 * @param segmentation it cuts TCP GSO frames (TSO)
 * @see <a href="https://man7.org/linux/man-pages/man8/ethtool.8.html">ethtool(8)</a>, linux/ethtool.h
 */
public record TransmitOffloads(boolean checksum, boolean segmentation) {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GTXCSUM = 0x16;
    private static final int ETHTOOL_GTSO = 0x1e;

    /**
     * Asks the kernel. An interface that does not answer is taken to have the offload: then the kernel does the work.
     */
    public static TransmitOffloads of(PacketSocket socket) {
        return new TransmitOffloads(ask(socket, ETHTOOL_GTXCSUM), ask(socket, ETHTOOL_GTSO));
    }

    private static boolean ask(PacketSocket socket, int command) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(8, 4); // struct ethtool_value: u32 cmd, u32 data
            value.set(ValueLayout.JAVA_INT, 0, command);
            MemorySegment request = socket.interfaceRequest(arena);
            request.set(ValueLayout.ADDRESS, PacketSocket.IFREQ_DATA, value);
            int result = socket.libc().ioctl(socket.number(), SIOCETHTOOL, request);
            return result < 0 || value.get(ValueLayout.JAVA_INT, 4) != 0;
        }
    }
}
