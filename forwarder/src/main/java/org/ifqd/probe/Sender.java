package org.ifqd.probe;

import java.util.concurrent.locks.LockSupport;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.packet.TxRing;

/**
 * Sends the frames of one direction: first those that warm up, then those that count.
 *
 * <p><b>Threading:</b> {@link #run} on a thread of its own, once; {@link #stop} and {@link #endNs} from any; the
 * counters when it has ended. <b>Owns:</b> socket and ring.
 */
final class Sender implements Runnable, AutoCloseable {
    private static final int SLOTS = 512;
    private static final int SEND_BUFFER_BYTES = 64 << 20; // so that the ring is the only limit
    private static final long CONGESTION_PAUSE_NS = 20_000;
    private static final long NO_PROGRESS_NS = 5_000_000_000L;

    private final ProbePort port;
    private final ProbeConfig config;
    private final PacketSocket socket;
    private final TxRing ring;
    private final FrameWriter warmUp;
    private final FrameWriter writer;
    private final RealtimeClock clock;
    private final Pacer pacer;

    private long frames;
    private long bytes;
    private long warmUpFrames;
    private long refused;
    private long elapsedNs;
    private long progressNs;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile long endNs;

    /** Opens socket and ring, inside the interface's namespace. */
    Sender(Libc libc, ProbePort port, Link link, ProbeStream stream, ProbeConfig config) {
        this.port = port;
        this.config = config;
        int largest = config.sizes().largest();
        int room = link.mtuBytes() + ProbeFrame.ETHERNET_BYTES + (config.tags().isEmpty() ? 0 : VlanTag.BYTES);
        if (largest > room) {
            throw new ConfigException("--size " + config.sizes() + ": " + port + " takes at most " + room
                    + " bytes (MTU " + link.mtuBytes() + ", Ethernet header"
                    + (config.tags().isEmpty() ? "" : ", one tag") + ")");
        }
        warmUp = new FrameWriter(stream.warmUp(), largest, config.seed(), config.zeroPayload());
        writer = new FrameWriter(stream, largest, config.seed(), config.zeroPayload());
        clock = new RealtimeClock(libc);
        pacer = new Pacer(config.rate());
        socket = PacketSocket.open(libc, port.name());
        try {
            ring = TxRing.open(socket, largest, SLOTS);
            socket.bypassQdisc();
            socket.sendBuffer(SEND_BUFFER_BYTES);
            socket.bindToSend(link.index());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public void run() {
        try {
            if (config.warmUpNs() > 0) {
                send(warmUp, Long.MAX_VALUE, config.warmUpNs());
                warmUpFrames = frames;
                frames = 0;
                bytes = 0;
                refused = 0;
            }
            long startNs = System.nanoTime();
            send(writer, count(), config.durationNs());
            elapsedNs = System.nanoTime() - startNs;
        } finally {
            endNs = System.nanoTime();
            ended = true; // volatile: publishes the counters
        }
    }

    private long count() {
        return config.count() == 0 ? Long.MAX_VALUE : config.count();
    }

    /** @param durationNs 0 for no limit */
    private void send(FrameWriter writer, long count, long durationNs) {
        FrameSizes sizes = config.sizes();
        int flow = 0;
        long sequence = 0;
        long left = count;
        long nowNs = System.nanoTime();
        long stopNs = nowNs + (durationNs == 0 ? Long.MAX_VALUE / 2 : durationNs);
        progressNs = nowNs;
        pacer.start(nowNs);
        while (left > 0 && !stopping && nowNs - stopNs < 0) {
            int due = (int) Math.min(left, pacer.due(nowNs));
            if (due > 0) {
                int n = ring.space(due);
                for (int i = 0; i < n; i++) {
                    int size = sizes.of(flow, sequence);
                    writer.write(flow, (int) sequence, size, clock.nowNs());
                    ring.put(writer.address(), size);
                    if (++flow == config.flows()) {
                        flow = 0;
                        sequence++;
                    }
                }
                left -= n;
                pacer.take(n);
                if (ring.pending() > 0) {
                    kick();
                } else {
                    awaitSlot();
                }
            } else {
                pacer.await(nowNs, stopNs - nowNs);
            }
            nowNs = System.nanoTime();
        }
        drain();
    }

    /** All slots are with the device: it is slower than we are. */
    private void awaitSlot() {
        failAfterLongWait(Errno.EAGAIN);
        LockSupport.parkNanos(CONGESTION_PAUSE_NS);
    }

    /** Hands everything that is left to the kernel; what it does not take within the time limit was never sent. */
    private void drain() {
        progressNs = System.nanoTime();
        while (ring.pending() > 0) {
            kick();
        }
    }

    private void kick() {
        int errno = ring.kick();
        frames += ring.takenFrames();
        bytes += ring.takenBytes();
        if (ring.takenFrames() > 0) {
            progressNs = System.nanoTime();
        }
        if (errno == 0) {
            return;
        }
        if (ring.isRefused()) {
            ring.removeFirst();
            refused++;
            return;
        }
        if (!TxRing.isCongestion(errno) && errno != Errno.ENETDOWN) {
            fail(errno);
        }
        failAfterLongWait(errno);
        LockSupport.parkNanos(CONGESTION_PAUSE_NS);
    }

    private void failAfterLongWait(int errno) {
        if (System.nanoTime() - progressNs > NO_PROGRESS_NS) {
            fail(errno);
        }
    }

    private void fail(int errno) {
        ring.discardPending();
        throw new ErrnoException("send", port.toString(), errno, "the interface is gone or takes no frames");
    }

    void stop() {
        stopping = true;
    }

    boolean hasEnded() {
        return ended;
    }

    /** When the last frame was sent, by System.nanoTime; after {@link #hasEnded}. */
    long endNs() {
        return endNs;
    }

    /** The frames that count and that the kernel took. */
    SentFrames sent() {
        return new SentFrames(frames, bytes, refused, warmUpFrames, elapsedNs);
    }

    @Override
    public void close() {
        ring.close();
        socket.close();
    }
}
