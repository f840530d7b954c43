package org.ifqd.linux.packet;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ifqd.linux.Libc;

/**
 * Wakes a thread when a frame comes in on an interface. Poll on a TPACKET_V3 ring wakes only for whole blocks, up to a
 * millisecond late; this is a second socket, which poll sees as readable from the first frame on.
 *
 * <p>Several workers of an interface have one each, in a fanout group of their own: of as many members, joined in the
 * same order, as the rings' group, so that the kernel gives each frame to the bell of the worker whose ring gets it
 * (fanout_demux_hash in net/packet/af_packet.c).
 *
 * <p>It takes one byte of a frame, and its receive buffer holds a few: while nobody silences it, under load, the kernel
 * drops at once (counted nowhere but at this socket) and a frame costs it some 30 ns.
 *
 * <p><b>Threading:</b> one thread. <b>Owns:</b> its socket.
 */
public final class Doorbell implements AutoCloseable {
    private final PacketSocket socket;
    private final SocketFilter filter;
    private final MemorySegment rest = Arena.ofAuto().allocate(8);

    private Doorbell(PacketSocket socket, SocketFilter filter) {
        this.socket = socket;
        this.filter = filter;
    }

    /**
     * Opens and binds it, mute. To be done before the ring's socket is bound, and its fanout group opened before the
     * rings': the kernel serves what was bound last first, so the bell rings when the frame is there.
     *
     * @param filter the ring's
     */
    public static Doorbell open(Libc libc, String interfaceName, int interfaceIndex, SocketFilter filter) {
        PacketSocket socket = PacketSocket.open(libc, interfaceName);
        try {
            socket.smallestReceiveBuffer();
            socket.rejectAll();
            socket.ignoreOutgoing();
            socket.bindToReceive(interfaceIndex);
            return new Doorbell(socket, filter.firstByte());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The descriptor's number, for poll: POLLIN. */
    public int number() {
        return socket.number();
    }

    /** {@link PacketSocket#openFanout}: the group of the bells. */
    public int openFanout() {
        return socket.openFanout();
    }

    /** Joins a group of bells. */
    public void joinFanout(int group) {
        socket.joinFanout(group);
    }

    /** From now on it rings for frames that match. */
    public void ring() {
        socket.accept(filter);
    }

    /** From now on it does not ring. */
    public void mute() {
        socket.rejectAll();
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
