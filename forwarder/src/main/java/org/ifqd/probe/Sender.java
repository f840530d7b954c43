package org.ifqd.probe;

import org.ifqd.config.ConfigException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.RealtimeClock;
import org.ifqd.linux.netlink.Link;

/**
 * Sends the frames of one direction: first those that warm up, then those that count.
 *
 * <p><b>Threading:</b> {@link #run} on a thread of its own, once; {@link #stop} and {@link #endNs} from any; the
 * counters when it has ended. <b>Owns:</b> its ring.
 */
final class Sender implements Runnable, AutoCloseable {
    private final ProbeConfig config;
    private final RingSender ring;
    private final FrameWriter warmUp;
    private final FrameWriter writer;
    private final RealtimeClock clock;
    private final Pacer pacer;
    private final Pacer warmUpPacer;

    private long warmUpFrames;
    private long elapsedNs;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile long endNs;

    /** Opens socket and ring, inside the interface's namespace. */
    Sender(Libc libc, ProbePort port, Link link, ProbeStream stream, ProbeConfig config) {
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
        pacer = new Pacer(config.rate(), config.even());
        warmUpPacer = new Pacer(config.warmUpRate(), config.even());
        ring = new RingSender(libc, port, link, largest);
    }

    @Override
    public void run() {
        ring.stayHere();
        try {
            if (config.warmUpNs() > 0) {
                send(warmUp, warmUpPacer, Long.MAX_VALUE, config.warmUpNs());
                warmUpFrames = ring.frames();
            }
            long startNs = System.nanoTime();
            send(writer, pacer, count(), config.durationNs());
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
    private void send(FrameWriter writer, Pacer pacer, long count, long durationNs) {
        FrameSizes sizes = config.sizes();
        int flow = 0;
        long sequence = 0;
        long left = count;
        long nowNs = System.nanoTime();
        long stopNs = nowNs + (durationNs == 0 ? Long.MAX_VALUE / 2 : durationNs);
        ring.begin(nowNs);
        pacer.start(nowNs);
        while (left > 0 && !stopping && nowNs - stopNs < 0) {
            int due = (int) Math.min(left, pacer.due(nowNs));
            if (due > 0) {
                if (pacer.isPaced()) {
                    ring.late(pacer.lateNs(nowNs));
                }
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
                ring.sendOrWait();
            } else {
                pacer.await(nowNs, stopNs - nowNs);
            }
            nowNs = System.nanoTime();
        }
        ring.drain();
    }

    /** Frames that the kernel has taken of this phase; any thread, while it runs too. */
    long soFar() {
        return ring.soFar();
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
        return new SentFrames(
                ring.frames(), ring.bytes(), ring.refused(), warmUpFrames, elapsedNs, config.rate(), ring.lateNs());
    }

    @Override
    public void close() {
        ring.close();
    }
}
