package org.ifqd.port.packet;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.Libc;
import org.ifqd.linux.packet.Doorbell;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.RxRing;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.DrivenPort;
import org.ifqd.port.FrameAge;
import org.ifqd.port.LanePlan;
import org.ifqd.port.OwnedResources;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.WorkerWait;

/**
 * An interface through AF_PACKET: a TPACKET_V3 receive ring for each worker (together a fanout group), and
 * {@link PacketLane}s to send by.
 *
 * <p><b>Threading:</b> as {@link DrivenPort}. <b>Owns:</b> all its sockets and rings; closes them in reverse order of
 * opening, also when opening fails half way.
 */
public final class PacketPort extends DrivenPort {
    public static final String BACKEND = "af_packet";

    /** Of a receive ring, at least: a block holds every frame of 64 KiB, and a lone one takes a block. */
    private static final int LEAST_BLOCK_BYTES = 1 << 17;

    /** In front of a frame in its block: both headers, the reserve, and a little for alignment. */
    private static final int BLOCK_HEADER_BYTES = 512;

    /**
     * Blocks where they are larger: each may be handed over with a single frame in it, after {@link RxRing#RETIRE_MS}.
     */
    private static final int LEAST_LARGE_BLOCKS = 64;

    private static final int HEADER_AND_TAG_BYTES = 18;

    private final OwnedResources owned;
    private final List<PacketReceiver> receivers = new ArrayList<>();
    private final List<PacketLane> lanes = new ArrayList<>();
    private final SocketFilter filter;

    /**
     * Opens all sockets and rings; nothing is received before {@link #up}. One lane, all frames.
     *
     * @param index of the interface
     * @param mtuBytes of the interface
     */
    public PacketPort(PortContext context, String name, int index, int mtuBytes, PortOptions options) {
        this(context, name, index, mtuBytes, 0, options, SocketFilter.INCOMING, LanePlan.ONE);
    }

    /**
     * As the other one, for a part of the frames, and with lanes.
     *
     * @param largestGsoBytes of the interface: GSO frames that come in are no longer (BIG TCP: beyond 64 KiB), 0 for
     *     the least
     * @param filter what is received
     * @param plan of the lanes
     */
    public PacketPort(
            PortContext context,
            String name,
            int index,
            int mtuBytes,
            int largestGsoBytes,
            PortOptions options,
            SocketFilter filter,
            LanePlan plan) {
        super(name);
        this.owned = new OwnedResources(name);
        this.filter = filter;
        try {
            owned.own(InterfaceClaim.open(context.libc(), name, index));
            for (int i = 0; i < plan.count(); i++) {
                lanes.add(owned.own(new PacketLane(context, name, index, mtuBytes, options, plan, i, taps().out())));
            }
            lanes.getFirst().promiscuous(index);
            openReceivers(context, index, blockBytes(largestGsoBytes), options);
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    private static int blockBytes(int largestGsoBytes) {
        int needed =
                Math.min(largestGsoBytes, PortOptions.LARGEST_GSO_BYTES) + HEADER_AND_TAG_BYTES + BLOCK_HEADER_BYTES;
        return Math.max(LEAST_BLOCK_BYTES, Integer.highestOneBit(2 * needed - 1));
    }

    private void openReceivers(PortContext context, int index, int blockBytes, PortOptions options) {
        Libc libc = context.libc();
        int least = blockBytes == LEAST_BLOCK_BYTES ? 2 : LEAST_LARGE_BLOCKS;
        int blocks = (int) Math.max(least, options.rxRingBytes() / blockBytes);
        int bells = 0;
        int group = 0;
        for (int i = 0; i < options.workers(); i++) {
            Doorbell doorbell = RxRing.CAN_PEEK && !options.busyPoll()
                    ? owned.own(Doorbell.open(libc, name(), index, filter))
                    : null; // bound first: rings last
            if (doorbell != null && i > 0) {
                doorbell.joinFanout(bells);
            } else if (doorbell != null && options.workers() > 1) {
                bells = doorbell.openFanout();
            }
            PacketSocket socket = owned.own(PacketSocket.open(libc, name()));
            socket.rejectAll(); // until up(); a socket that is bound and not yet in the group would receive every frame
            RxRing ring = owned.own(RxRing.open(socket, blockBytes, blocks));
            if (ring.blocks() < blocks) {
                context.log()
                        .accept("%s: receive ring of %d KiB instead of %d KiB, the kernel has no memory for more"
                                .formatted(name(), ring.blocks() * (blockBytes >> 10), blocks * (blockBytes >> 10)));
            }
            socket.ignoreOutgoing();
            socket.bindToReceive(index);
            if (i > 0) {
                socket.joinFanout(group);
            } else if (options.workers() > 1) {
                group = socket.openFanout();
            }
            EventFd wakeUp = owned.own(new EventFd(libc, "wake-up of " + name()));
            receivers.add(new PacketReceiver(
                    socket,
                    ring,
                    doorbell,
                    new WorkerWait(libc, wakeUp, options, i),
                    new FrameAge(libc, options.maxAgeMs()),
                    taps().in()));
        }
    }

    @Override
    public String backend() {
        return BACKEND;
    }

    @Override
    public List<? extends DrivenLane> lanes() {
        return lanes;
    }

    @Override
    public List<PacketReceiver> receivers() {
        return receivers;
    }

    @Override
    public void inject(byte[] frame) {
        lanes.getFirst().inject(frame);
    }

    @Override
    protected void startReceiving() {
        receivers.forEach(receiver -> receiver.startReceiving(filter));
    }

    @Override
    protected void stopReceiving() {
        receivers.forEach(PacketReceiver::stopReceiving);
    }

    @Override
    protected void release() {
        owned.close();
    }
}
