package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ifqd.linux.Libc;

/**
 * Wakes a thread when a frame comes in on an interface. Poll on a TPACKET_V3 ring wakes only for whole blocks, up to a
 * millisecond late; this is a second socket, which poll sees as readable from the first frame on.
 *
 * <p>It takes one byte of a frame, and its receive buffer holds a few: while nobody silences it, under load, the kernel drops at
 * once (counted nowhere but at this socket) and a frame costs it some 30 ns.
 *
 * <p><b>Threading:</b> one thread. <b>Owns:</b> its socket.
 */
public final class Doorbell implements AutoCloseable {
    private final PacketSocket socket;
    private final MemorySegment rest = Arena.ofAuto().allocate(8);

    private Doorbell(PacketSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens and binds it. To be done before the ring's socket is bound: the kernel serves the one that was bound last first, so
     * the bell rings when the frame is there.
     *
     * @param filter the ring's
     */
    public static Doorbell open(Libc libc, String interfaceName, int interfaceIndex, SocketFilter filter) {
        PacketSocket socket = PacketSocket.open(libc, interfaceName);
        try {
            socket.smallestReceiveBuffer();
            socket.accept(filter.firstByte());
            socket.ignoreOutgoing();
            socket.bindToReceive(interfaceIndex);
            return new Doorbell(socket);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The descriptor's number, for poll: POLLIN. */
    public int number() {
        return socket.number();
    }

    /** Takes one ring away: to be called once each time poll says readable. More may be left, and then poll says so. */
    public void silence() {
        socket.receive(rest);
    }

    @Override
    public void close() {
        socket.close();
    }
}
