package org.ifqd.port.pcap;

import java.util.List;
import org.ifqd.ifq.Ifnet;
import org.ifqd.ifq.KernelLock;
import org.ifqd.ifq.SendQueue;
import org.ifqd.ifq.TaskListSerializer;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.pcap.LivePcap;
import org.ifqd.port.Congestion;
import org.ifqd.port.Lane;
import org.ifqd.port.OffloadCounters;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortLife;
import org.ifqd.port.PortOptions;
import org.ifqd.port.PortState;
import org.ifqd.port.PortTaps;
import org.ifqd.port.TransmitLatency;
import org.ifqd.stats.LatencySnapshot;

/**
 * An interface through libpcap: one handle, one receive worker. A locked driver: see the package.
 *
 * <p>What libpcap cannot do is not done: there is no checksum or segmentation metadata with received frames, so GSO frames
 * come in cut (counted as truncated) and checksums that the sender left to hardware stay wrong. The interface's receive
 * offloads must be off.
 *
 * <p><b>Threading:</b> as {@link Port}. <b>Owns:</b> the claim, the handle, the wake-up and the restart thread.
 */
public final class PcapPort implements Port {
    public static final String BACKEND = "pcap";

    private static final int HEADER_AND_TAGS_BYTES = 22;
    private static final int LARGEST_RING_BYTES = 1 << 30;

    /** Frames that may be on their way between the receive ring and a send queue, and in a driver's hands. */
    private static final int ON_THE_WAY = 1024;

    private final PortContext context;
    private final String name;
    private final KernelLock lock = KernelLock.PROCESS;
    private final InterfaceClaim claim;
    private final LivePcap pcap;
    private final EventFd wakeUp;
    private final PcapReceiver receiver;
    private final PcapTransmitter transmitter;
    private final TxRetry retry;
    private final TransmitLatency latency;
    private final Ifnet ifnet;
    private final Lane lane = new Lane() {
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
    };
    private final PortTaps taps = new PortTaps();
    private final PortLife life;

    /**
     * Opens the handle; nothing is received before {@link #up}.
     *
     * @param name of the port in the configuration
     * @param interfaceName what the interface is called now, perhaps another name
     * @param index of the interface
     * @param filter only frames that match are received, an expression of pcap-filter(7); empty: all
     * @throws org.ifqd.linux.pcap.FilterException when libpcap does not understand the filter
     * @throws org.ifqd.linux.pcap.PcapException without libpcap, or when it refuses
     */
    public PcapPort(
            PortContext context,
            String name,
            String interfaceName,
            int index,
            int mtuBytes,
            PortOptions options,
            String filter) {
        this.context = context;
        this.name = name;
        this.life = new PortLife(name);
        int longestFrame = mtuBytes + HEADER_AND_TAGS_BYTES;
        int ringBytes = (int) Math.min(options.rxRingBytes(), LARGEST_RING_BYTES);
        claim = InterfaceClaim.open(context.libc(), name, index);
        try {
            pcap = LivePcap.open(context.libc(), interfaceName, longestFrame, ringBytes);
        } catch (RuntimeException e) {
            claim.close();
            throw e;
        }
        try {
            wakeUp = new EventFd(context.libc(), "wake-up of " + name);
        } catch (RuntimeException e) {
            pcap.close();
            claim.close();
            throw e;
        }
        try {
            FrameSlab slab = new FrameSlab(
                    context.libc(), options.queueCapacity() + ON_THE_WAY, longestFrame, "frames of " + name);
            SocketFilter program = pcap.compile(filter);
            receiver = new PcapReceiver(context.libc(), pcap, lock, program, slab, options, wakeUp, taps.in());
            retry = new TxRetry("ifq-tx-" + name);
            latency = new TransmitLatency(context.libc(), 1);
            transmitter = new PcapTransmitter(pcap::send, new Congestion(retry::await), latency);
            ifnet = Ifnet.locked(
                    name,
                    new SendQueue(options.queueCapacity(), taps.out()),
                    new TaskListSerializer(name, context.monitor()),
                    lock,
                    transmitter,
                    context.start());
        } catch (RuntimeException e) {
            wakeUp.close();
            pcap.close();
            claim.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String backend() {
        return BACKEND;
    }

    /** One: a handle of libpcap is not for several threads at once. */
    @Override
    public List<Lane> lanes() {
        return List.of(lane);
    }

    @Override
    public List<PcapReceiver> receivers() {
        return List.of(receiver);
    }

    @Override
    public PortState state() {
        return life.state();
    }

    @Override
    public PortTaps taps() {
        return taps;
    }

    @Override
    public void inject(byte[] frame) {
        ifnet.submit(() -> pcap.send(frame));
    }

    @Override
    public void up() {
        if (life.state() != PortState.OPEN) {
            throw new IllegalStateException(name + ": up while " + life.state());
        }
        life.become(PortState.RUNNING); // before the rest: where that fails half way, close() must go by way of down()
        retry.start(ifnet::restart);
        ifnet.up();
        receiver.startReceiving();
    }

    @Override
    public void pause(PortState why) {
        if (!why.isPaused() || !life.mayBecome(why)) {
            return;
        }
        if (life.state() == PortState.RUNNING) {
            ifnet.clearRunning(); // waits for the kernel lock, as in down()
            transmitter.forgetSegments();
            ifnet.purge();
        }
        receive(why != PortState.SUSPENDED);
        life.become(why);
    }

    /** Starts or stops receiving, if that is a change. */
    private void receive(boolean wanted) {
        if (wanted && life.state() == PortState.SUSPENDED) {
            receiver.startReceiving();
        } else if (!wanted) {
            receiver.stopReceiving();
        }
    }

    @Override
    public void resume() {
        if (life.state().isPaused() && life.mayBecome(PortState.RUNNING)) {
            receive(true);
            life.become(PortState.RUNNING);
            ifnet.up();
        }
    }

    @Override
    public void down() {
        if (!life.mayBecome(PortState.STOPPED)) {
            return;
        }
        receiver.stopReceiving();
        ifnet.clearRunning(); // waits for the kernel lock: from here nobody is in the start routine
        retry.stop();
        transmitter.forgetSegments();
        ifnet.purge();
        life.become(PortState.STOPPED);
    }

    @Override
    public void close() {
        down();
        if (life.state() == PortState.CLOSED) {
            return;
        }
        life.become(PortState.CLOSED);
        wakeUp.close();
        lock.lock(); // a locked driver is torn down under the lock that protects it
        try {
            pcap.close();
        } finally {
            lock.unlock();
        }
        claim.close();
    }
}
