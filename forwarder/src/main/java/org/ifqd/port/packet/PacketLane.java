package org.ifqd.port.packet;

import org.ifqd.frame.TapPoint;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.CpuAffinity;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.Libc;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TransmitOffloads;
import org.ifqd.linux.packet.TxRing;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.LanePlan;
import org.ifqd.port.LaneProcessors;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.OwnedResources;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Qdisc;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.LatencySnapshot;

/**
 * A lane of an AF_PACKET port: a TPACKET_V2 transmit ring, a socket for GSO frames and one completion thread. An mpsafe
 * driver.
 *
 * <p>A lane that is bound to a processor has a start worker of its own, bound like its other threads.
 *
 * <p><b>Threading:</b> as {@link DrivenLane}; close by the port's controlling thread. <b>Owns:</b>
 * its sockets, ring, threads and place; closes them in reverse order of opening, also when opening fails half way.
 */
final class PacketLane implements DrivenLane, AutoCloseable {
    private static final int SEND_BUFFER_BYTES = 64 << 20; // so that the ring is the only limit
    private static final int HEADER_AND_TAG_BYTES = 18;

    private final PortContext context;
    private final String name;
    private final OwnedResources owned;
    private final PacketSocket socket;
    private final PacketSocket direct;
    private final HomeProcessor home;
    private final TxCompletion completion;
    private final TransmitLatency latency;
    private final PacketTransmitter transmitter;
    private final Ifnet ifnet;

    /**
     * Opens its sockets and ring.
     *
     * @param port name of the interface
     * @param index of the interface
     * @param number of the lane in the plan
     * @param tap is shown the frames that leave
     */
    PacketLane(
            PortContext context,
            String port,
            int index,
            int mtuBytes,
            PortOptions options,
            LanePlan plan,
            int number,
            TapPoint tap) {
        Libc libc = context.libc();
        this.context = context;
        this.name = plan.count() == 1 ? port : port + "." + number;
        this.owned = new OwnedResources(name);
        try {
            socket = owned.own(PacketSocket.open(libc, port));
            TxRing ring = owned.own(TxRing.open(socket, mtuBytes + HEADER_AND_TAG_BYTES, options.txSlots()));
            if (options.qdisc() == Qdisc.BYPASS) {
                socket.bypassQdisc();
            }
            socket.sendBuffer(SEND_BUFFER_BYTES);
            socket.bindToSend(index);
            direct = owned.own(PacketSocket.open(libc, port));
            direct.vnetHeader();
            if (options.qdisc() == Qdisc.BYPASS) {
                direct.bypassQdisc(); // one way for all, else one flow's frames overtake each other
            }
            direct.sendBuffer(SEND_BUFFER_BYTES);
            direct.bindToSend(index);
            EventFd request = owned.own(new EventFd(libc, "wake-up of " + port));
            home = plan.bound() ? home(libc, plan, number) : HomeProcessor.anywhere();
            completion = new TxCompletion(libc, "ifq-tx-" + name, socket, ring, request);
            latency = new TransmitLatency(libc, ring.slots());
            transmitter = new PacketTransmitter(
                    ring, direct, completion, TransmitOffloads.of(direct), mtuBytes, latency, home);
            ifnet = Ifnet.mpsafe(
                    name,
                    new SendQueue(options.queueCapacity(), tap),
                    new TaskListSerializer(name, context.monitor()),
                    transmitter,
                    plan.bound() ? bound(context.start()) : context.start());
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    private HomeProcessor home(Libc libc, LanePlan plan, int number) {
        int cpu = owned.own(LaneProcessors.PROCESS.take(plan, number, CpuAffinity.usable(libc)))
                .cpu();
        return HomeProcessor.of(libc, cpu, () -> socket.inFlightBytes() > 0 || direct.inFlightBytes() > 0);
    }

    private StartPolicy bound(StartPolicy start) {
        return start.worker() == null
                ? start
                : start.on(owned.own(StartWorker.open("ifq-start-" + name, this::bindThisThread)));
    }

    /** Promiscuous for as long as this lane is open. */
    void promiscuous(int index) {
        socket.promiscuous(index);
    }

    @Override
    public Ifnet ifnet() {
        return ifnet;
    }

    @Override
    public int cpu() {
        return home.cpu();
    }

    @Override
    public void bindThisThread() {
        context.scheduling().applyToThisThread(context.libc());
        home.bindThisThread();
    }

    @Override
    public OffloadCounters offloads() {
        return transmitter.offloads();
    }

    @Override
    public LatencySnapshot latency() {
        return latency.snapshot();
    }

    /** Sends one frame past the queue, from inside the serializer. */
    void inject(byte[] frame) {
        ifnet.submit(() -> {
            if (home.mayCall()) {
                direct.send(frame);
                home.called();
            }
        });
    }

    @Override
    public void startCompletion() {
        completion.start(ifnet::restart, this::bindThisThread);
    }

    @Override
    public void stopCompletion() {
        completion.stop();
    }

    @Override
    public void discard() {
        transmitter.discard(ifnet.queue());
    }

    @Override
    public void close() {
        owned.close();
    }
}
