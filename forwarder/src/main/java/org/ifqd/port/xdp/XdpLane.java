package org.ifqd.port.xdp;

import org.ifqd.frame.TapPoint;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.xdp.XdpRing;
import org.ifqd.linux.xdp.XdpSocket;
import org.ifqd.port.Congestion;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.OwnedResources;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.RestartTimer;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.LatencySnapshot;

/**
 * A lane of an AF_XDP port: a socket that only sends, by one queue of the interface, with its transmit ring. An mpsafe
 * driver. Whichever thread is inside, the frames leave by that queue, so no processor has to be kept.
 *
 * <p><b>Threading:</b> as {@link DrivenLane}; close by the port's controlling thread. <b>Owns:</b> socket, ring and
 * restart thread.
 */
final class XdpLane implements DrivenLane, AutoCloseable {
    private static final int SEND_BUFFER_BYTES = 64 << 20; // so that the ring is the only limit

    private final PortContext context;
    private final OwnedResources owned;
    private final RestartTimer timer;
    private final TransmitLatency latency;
    private final XdpTransmitter transmitter;
    private final Ifnet ifnet;

    /**
     * Opens and binds its socket.
     *
     * @param name of the lane
     * @param port the interface: its name, index and MTU
     * @param queue that it sends by
     * @param tap is shown the frames that leave
     */
    XdpLane(
            PortContext context,
            String name,
            XdpInterface port,
            XdpQueue queue,
            XdpMemory memory,
            PortOptions options,
            TapPoint tap) {
        this.context = context;
        this.owned = new OwnedResources(name);
        try {
            XdpSocket socket = owned.own(XdpSocket.open(context.libc(), port.name()));
            XdpRing ring = owned.own(socket.txRing(options.txSlots()));
            socket.sendBuffer(SEND_BUFFER_BYTES);
            int result = socket.bind(port.index(), queue.number(), queue.socket(), memory.isZeroCopy());
            ErrnoException.check(result, "bind AF_XDP to send by queue " + queue.number(), port.name(), "");
            timer = new RestartTimer("ifq-tx-" + name);
            latency = new TransmitLatency(context.libc(), 1);
            Congestion congestion = new Congestion(timer::await);
            XdpEntries entries = new XdpEntries(ring);
            XdpCompletion sent = queue.completion();
            XdpHandOver handOver = memory.isZeroCopy()
                    ? new ZeroCopyHandOver(socket, ring, entries, sent, congestion, latency, timer::await)
                    : new CopyHandOver(socket, entries, sent, congestion, latency, memory);
            transmitter = new XdpTransmitter(entries, handOver, memory, congestion, latency, port.mtuBytes());
            ifnet = Ifnet.mpsafe(
                    name,
                    new SendQueue(options.queueCapacity(), tap),
                    new TaskListSerializer(name, context.monitor()),
                    transmitter,
                    context.start());
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    @Override
    public Ifnet ifnet() {
        return ifnet;
    }

    @Override
    public void bindThisThread() {
        context.scheduling().applyToThisThread(context.libc());
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
        ifnet.submit(() -> transmitter.inject(frame, ifnet.queue()));
    }

    @Override
    public void startCompletion() {
        timer.start(ifnet::restart);
    }

    @Override
    public void stopCompletion() {
        timer.stop();
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
