package org.ifqd.linux.pcap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.packet.SocketFilter;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.PcapDirection;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;

/**
 * A live, promiscuous handle on one Ethernet interface, for frames in both directions. Never blocks: sleep on
 * {@link #fd}.
 *
 * <p>Filters go to the kernel past libpcap ({@code SO_ATTACH_FILTER} on its socket): libpcap would apply a new one also
 * to frames that are in its ring already, and so lose what was received before it.
 *
 * <p><b>Threading:</b> one thread at a time. <b>Owns:</b> the handle. <b>Allocation:</b> none in next and send.
 *
 * @see <a href="https://www.tcpdump.org/manpages/pcap.3pcap.html">pcap(3)</a>
 */
public final class LivePcap implements AutoCloseable {
    // struct pcap_pkthdr on 64-bit machines: struct timeval (here with nanoseconds), u32 caplen, u32 len
    private static final int PKTHDR_SECONDS = 0;
    private static final int PKTHDR_NANOSECONDS = 8;
    private static final int PKTHDR_CAPLEN = 16;
    private static final int PKTHDR_LEN = 20;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final Libc libc;
    private final String name;
    private final PcapHandle handle;
    private final long pcap;
    private final int fd;

    /** The memory that pcap_next_ex writes to: address of the header, address of the frame. */
    private final MemorySegment found = Arena.ofAuto().allocate(2 * Long.BYTES, Long.BYTES);

    private long lastDrops;

    private LivePcap(Libc libc, String name, PcapHandle handle) {
        this.libc = libc;
        this.name = name;
        this.handle = handle;
        this.pcap = PcapCalls.address(handle);
        this.fd = PcapCalls.selectableFd(pcap);
    }

    /**
     * Opens a handle that receives nothing until {@link #startReceiving}.
     *
     * @param snapBytes longest frame that is wanted whole, its tags included
     * @param bufferBytes of the receive ring
     * @throws PcapException in one line, without libpcap, permission or interface
     */
    public static LivePcap open(Libc libc, String name, int snapBytes, int bufferBytes) {
        LivePcap opened = new LivePcap(libc, name, Libpcap.open(name, () -> new PcapHandle.Builder(name)
                .snaplen(snapBytes)
                .bufferSize(bufferBytes)
                .promiscuousMode(PromiscuousMode.PROMISCUOUS)
                .immediateMode(true)
                .timestampPrecision(TimestampPrecision.NANO)
                .direction(PcapDirection.IN)));
        try {
            opened.prepare();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void prepare() {
        stopReceiving();
        try {
            handle.setBlockingMode(PcapHandle.BlockingMode.NONBLOCKING);
        } catch (PcapNativeException | NotOpenException e) {
            throw new PcapException("pcap_setnonblock " + name + ": " + e.getMessage(), e);
        }
        while (next()) {
            // came in before there was a filter; not ours yet
        }
    }

    /** Compiles a filter for this handle; an empty expression matches every frame. */
    public SocketFilter compile(String expression) {
        if (expression.isEmpty()) {
            return SocketFilter.INCOMING;
        }
        BpfProgram program = FilterCompiler.compile(handle, expression);
        try {
            return SocketFilter.incoming(FilterCompiler.instructions(program));
        } catch (IllegalArgumentException e) {
            throw new FilterException(expression, e.getMessage());
        } finally {
            program.free();
        }
    }

    /** From now on the kernel hands over frames that come in, are not our own, and match. */
    public void startReceiving(SocketFilter filter) {
        filter.attach(libc, fd, name);
    }

    /** From now on no frame is added; those in the ring can still be received. */
    public void stopReceiving() {
        SocketFilter.NONE.attach(libc, fd, name);
    }

    /** The descriptor to sleep on, for poll; not to be read. */
    public int fd() {
        return fd;
    }

    /**
     * Goes to the next received frame. Its memory is libpcap's and holds until the next call.
     *
     * @return false when there is none now
     */
    public boolean next() {
        return PcapCalls.nextEx(pcap, found.address(), found.address() + Long.BYTES) == 1;
    }

    private long header() {
        return Memory.getLong(found.address());
    }

    /** Address of the frame's Ethernet header, the VLAN tag back in place. */
    public long address() {
        return Memory.getLong(found.address() + Long.BYTES);
    }

    /** Bytes of the frame that are there. */
    public int capturedBytes() {
        return Memory.getInt(header() + PKTHDR_CAPLEN);
    }

    /** Whether the frame was longer than that. */
    public boolean isTruncated() {
        return Integer.compareUnsigned(capturedBytes(), Memory.getInt(header() + PKTHDR_LEN)) < 0;
    }

    /** When the kernel received the frame, nanoseconds of CLOCK_REALTIME. */
    public long timeNs() {
        return Memory.getLong(header() + PKTHDR_SECONDS) * NS_PER_SECOND
                + Memory.getLong(header() + PKTHDR_NANOSECONDS);
    }

    /** Sends a frame that lies in native memory; never blocks. Returns 0, or minus the errno. */
    public int send(long frame, int bytes) {
        return PcapCalls.sendPacket(pcap, frame, bytes);
    }

    /** As the other one, from the heap. Allocates; not for the data path. */
    public int send(byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(frame.length);
            memory.copyFrom(MemorySegment.ofArray(frame));
            return send(memory.address(), frame.length);
        }
    }

    /** Frames dropped for want of room in the ring since it was opened; after the close, as it was then. */
    public long kernelDrops() {
        if (handle.isOpen()) {
            try {
                lastDrops = handle.getStats().getNumPacketsDropped();
            } catch (PcapNativeException | NotOpenException e) {
                // the interface may have gone; what was known stays true
            }
        }
        return lastDrops;
    }

    @Override
    public void close() {
        kernelDrops();
        handle.close();
    }
}
