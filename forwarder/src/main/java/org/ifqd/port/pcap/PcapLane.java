package org.ifqd.port.pcap;

import org.ifqd.frame.TapPoint;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.KernelLock;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.pcap.LivePcap;
import org.ifqd.port.Congestion;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.RestartTimer;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.LatencySnapshot;

/**
 * The only lane of a libpcap port: a handle of libpcap is not for several threads at once. A locked driver.
 *
 * <p><b>Threading:</b> as {@link DrivenLane}. <b>Owns:</b> the restart thread.
 */
final class PcapLane implements DrivenLane {
    private final PortContext context;
    private final RestartTimer retry;
    private final TransmitLatency latency;
    private final PcapTransmitter transmitter;
    private final Ifnet ifnet;

    /** @param tap is shown the frames that leave */
    PcapLane(PortContext context, String name, LivePcap pcap, KernelLock lock, PortOptions options, TapPoint tap) {
        this.context = context;
        retry = new RestartTimer("ifq-tx-" + name);
        latency = new TransmitLatency(context.libc(), 1);
        transmitter = new PcapTransmitter(pcap::send, new Congestion(retry::await), latency);
        ifnet = Ifnet.locked(
                name,
                new SendQueue(options.queueCapacity(), tap),
                new TaskListSerializer(name, context.monitor()),
                lock,
                transmitter,
                context.start());
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

    @Override
    public void startCompletion() {
        retry.start(ifnet::restart);
    }

    @Override
    public void stopCompletion() {
        retry.stop();
    }

    /** Nothing to wait for: clearing RUNNING waits for the kernel lock, and who comes later finds it cleared. */
    @Override
    public void quiesce() {}

    @Override
    public void discard() {
        transmitter.forgetSegments();
    }
}
