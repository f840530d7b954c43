package org.ifqd.port.xdp;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.Libc;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.xdp.Umem;
import org.ifqd.linux.xdp.XdpProgram;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.DrivenPort;
import org.ifqd.port.LanePlan;
import org.ifqd.port.OwnedResources;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.WorkerWait;
import org.ifqd.port.offload.SilentChecksum;

/**
 * An interface through AF_XDP: for each of its queues a socket and a receive worker, and {@link XdpLane}s to send by.
 * While it is open the host's own stack sees nothing of the interface.
 *
 * <p><b>Threading:</b> as {@link DrivenPort}. <b>Owns:</b> the program, all sockets and rings, and a share of the
 * memory; closes them in reverse order of opening: the program first, so that no frame is on its way to a socket, then
 * lanes, then the sockets that they share the memory with. The kernel takes the program away with the process.
 */
public final class XdpPort extends DrivenPort {
    public static final String BACKEND = "af_xdp";

    private static final int SMALL_CHUNK = 2048;
    public static final int LARGE_CHUNK = 4096;

    /** Frames of a receive ring, and of a fill ring: as long as a worker may be without a processor. */
    private static final int MOST_RING = 4096;

    private static final int LEAST_RING = 64;

    private static final int HEADER_AND_TAGS_BYTES = 22;

    /** Frames in the hands of a worker and of a start routine. */
    private static final int BATCHES = 512;

    private final OwnedResources owned;
    private final List<XdpReceiver> receivers = new ArrayList<>();
    private final List<XdpLane> lanes = new ArrayList<>();

    /**
     * Opens all sockets and rings; nothing is received before {@link #up}.
     *
     * @param name of the port in the configuration
     * @param port its interface
     * @param memory of the pair
     * @param plan of the lanes; where they are bound does not matter here
     */
    public XdpPort(
            PortContext context, String name, XdpInterface port, PortOptions options, XdpMemory memory, LanePlan plan) {
        super(name);
        Libc libc = context.libc();
        this.owned = new OwnedResources(name);
        try {
            owned.own(InterfaceClaim.open(libc, name, port.index()));
            owned.own(memory.retain());
            owned.own(PacketSocket.open(libc, port.name())).promiscuous(port.index());
            List<XdpQueue> queues = new ArrayList<>();
            int ring = ringFrames(options, memory.umem().chunkBytes());
            for (int i = 0; i < options.workers(); i++) {
                queues.add(owned.own(new XdpQueue(libc, port.name(), port.index(), i, memory, ring)));
            }
            for (int i = 0; i < plan.count(); i++) {
                String lane = plan.count() == 1 ? name : name + "." + i;
                XdpQueue queue = queues.get(i % queues.size());
                lanes.add(owned.own(new XdpLane(context, lane, port, queue, memory, options, taps().out())));
            }
            XdpProgram program = owned.own(XdpProgram.attach(libc, port.name(), port.index(), port.queues()));
            for (XdpQueue queue : queues) {
                EventFd wakeUp = owned.own(new EventFd(libc, "wake-up of " + name));
                receivers.add(new XdpReceiver(
                        queue,
                        memory,
                        program,
                        port.finishesChecksums() ? null : new SilentChecksum(),
                        new WorkerWait(libc, wakeUp, options, queue.number()),
                        new RealtimeClock(libc),
                        taps().in()));
            }
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /**
     * The least chunk that frames of this MTU fit into, with two tags; 0: none.
     *
     * @param mtuBytes the larger one of the pair
     */
    public static int chunkBytes(int mtuBytes) {
        int longest = mtuBytes + HEADER_AND_TAGS_BYTES;
        if (longest <= Umem.longestFrame(SMALL_CHUNK)) {
            return SMALL_CHUNK;
        }
        return longest <= Umem.longestFrame(LARGE_CHUNK) ? LARGE_CHUNK : 0;
    }

    /** Chunks that the rings of a port's queues can hold, and the batches of its workers. */
    public static int ringChunks(PortOptions options, int chunkBytes) {
        int rings = 3 * ringFrames(options, chunkBytes); // receive, fill and completion ring
        return options.workers() * (rings + BATCHES);
    }

    /** Chunks that can wait in so many lanes of a port, whatever its backend. */
    public static int laneChunks(PortOptions options, int lanes) {
        return lanes * (options.queueCapacity() + options.txSlots() + BATCHES);
    }

    private static int ringFrames(PortOptions options, int chunkBytes) {
        return Math.clamp(Long.highestOneBit(options.rxRingBytes() / chunkBytes), LEAST_RING, MOST_RING);
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
    public List<XdpReceiver> receivers() {
        return receivers;
    }

    /** Chunks of the memory that wait in the port's rings, any thread; exact while nothing moves, until closed. */
    public int chunksInRings() {
        return receivers.stream().mapToInt(XdpReceiver::chunksInRings).sum();
    }

    @Override
    public void inject(byte[] frame) {
        lanes.getFirst().inject(frame);
    }

    @Override
    protected void startReceiving() {
        receivers.forEach(XdpReceiver::startReceiving);
    }

    @Override
    protected void stopReceiving() {
        receivers.forEach(XdpReceiver::stopReceiving);
    }

    @Override
    protected void release() {
        owned.close();
    }
}
