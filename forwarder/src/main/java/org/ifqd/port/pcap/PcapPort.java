package org.ifqd.port.pcap;

import java.util.List;
import org.ifqd.ifq.KernelLock;
import org.ifqd.linux.EventFd;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.pcap.LivePcap;
import org.ifqd.port.DrivenLane;
import org.ifqd.port.DrivenPort;
import org.ifqd.port.FrameAge;
import org.ifqd.port.OwnedResources;
import org.ifqd.port.PortContext;
import org.ifqd.port.PortOptions;
import org.ifqd.port.WorkerWait;

/**
 * An interface through libpcap: one handle, one receive worker. A locked driver: see the package.
 *
 * <p>What libpcap cannot do is not done: there is no checksum or segmentation metadata with received frames, so GSO
 * frames come in cut (counted as truncated) and checksums that the sender left to hardware stay wrong. The interface's
 * receive offloads must be off.
 *
 * <p><b>Threading:</b> as {@link DrivenPort}. <b>Owns:</b> the claim, the handle, the wake-up and the lane.
 */
public final class PcapPort extends DrivenPort {
    public static final String BACKEND = "pcap";

    private static final int HEADER_AND_TAGS_BYTES = 22;
    private static final int LARGEST_RING_BYTES = 1 << 30;

    /** Frames that may be on their way between the receive ring and a send queue, and in a driver's hands. */
    private static final int ON_THE_WAY = 1024;

    private final KernelLock lock = KernelLock.PROCESS;
    private final OwnedResources owned;
    private final LivePcap pcap;
    private final PcapReceiver receiver;
    private final PcapLane lane;

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
        super(name);
        this.owned = new OwnedResources(name);
        int longestFrame = mtuBytes + HEADER_AND_TAGS_BYTES;
        int ringBytes = (int) Math.min(options.rxRingBytes(), LARGEST_RING_BYTES);
        try {
            owned.own(InterfaceClaim.open(context.libc(), name, index));
            pcap = LivePcap.open(context.libc(), interfaceName, longestFrame, ringBytes);
            owned.own(this::closeHandle);
            EventFd wakeUp = owned.own(new EventFd(context.libc(), "wake-up of " + name));
            FrameSlab slab = new FrameSlab(
                    context.libc(), options.queueCapacity() + ON_THE_WAY, longestFrame, "frames of " + name);
            receiver = new PcapReceiver(
                    pcap,
                    lock,
                    pcap.compile(filter),
                    slab,
                    new WorkerWait(context.libc(), wakeUp, options, 0),
                    new FrameAge(context.libc(), options.maxAgeMs()),
                    taps().in());
            lane = new PcapLane(context, name, pcap, lock, options, taps().out());
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    /** A locked driver is torn down under the lock that protects it. */
    private void closeHandle() {
        lock.lock();
        try {
            pcap.close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String backend() {
        return BACKEND;
    }

    @Override
    public List<? extends DrivenLane> lanes() {
        return List.of(lane);
    }

    @Override
    public List<PcapReceiver> receivers() {
        return List.of(receiver);
    }

    @Override
    public void inject(byte[] frame) {
        lane.ifnet().submit(() -> pcap.send(frame));
    }

    @Override
    protected void startReceiving() {
        receiver.startReceiving();
    }

    @Override
    protected void stopReceiving() {
        receiver.stopReceiving();
    }

    @Override
    protected void release() {
        owned.close();
    }
}
