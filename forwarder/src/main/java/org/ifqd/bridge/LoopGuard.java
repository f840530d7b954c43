package org.ifqd.bridge;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.ifqd.frame.FrameBatch;
import org.ifqd.ifq.ThreadEnd;
import org.ifqd.linux.Memory;

/**
 * Stops forwarding while the two ports are connected with each other, which would make every frame go round for ever.
 *
 * <p><b>Suspicion</b> costs nearly nothing: the beginning of each batch's first frame is looked up in a small table
 * that remembers on which port it was last seen. In a loop the very same frames come in on both, again and again.
 * <b>Proof</b>: only when that happens is a {@link LoopProbe} sent out of both ports; if it comes in again, the ports
 * are connected. Two stations with one address, or a capture that is sent both ways, raise no suspicion; a generator
 * that sends one and the same frame both ways does, and never proof. <b>Release</b>: while stopped, probes go on, and
 * when none has come back for a second, forwarding does.
 *
 * <p><b>Threading:</b> inspect by the receive workers of both ports; a thread of its own sends the probes.
 * <b>Allocation:</b> none in inspect.
 */
final class LoopGuard implements AutoCloseable {
    private static final long TICK_NS = 200_000_000;
    private static final long CLEAR_NS = 1_000_000_000;

    /**
     * How often the same frame must have changed its port before that counts: a capture sent both ways does it once.
     */
    private static final int RETURNS = 4;

    /**
     * Frames seen on the other port as well, within one tick, that raise suspicion: a frame that goes round makes more.
     */
    private static final int SUSPICIOUS = 10;

    /**
     * Spanning tree's frames that may pass a port in one tick while forwarding is stopped; a bridge sends one in two
     * seconds.
     */
    private static final int PASSING = 20;

    private static final int ENTRIES = 256;
    private static final int HASHED_BYTES = 64;

    private final LoopProbe probe = new LoopProbe();
    private final Consumer<LoopProbe> send;
    private final Consumer<String> log;
    private final AtomicLongArray lastSeen = new AtomicLongArray(ENTRIES);
    private final AtomicIntegerArray passing = new AtomicIntegerArray(2);
    private final AtomicInteger sightings = new AtomicInteger();
    private final Thread thread;

    private volatile boolean stopped;
    private volatile boolean looped;
    private volatile boolean probing;
    private volatile long returnedNs;
    private long sentNs;

    /**
     * @param send sends the probe out of both ports
     * @param log gets one line for each change
     */
    LoopGuard(Consumer<LoopProbe> send, Consumer<String> log) {
        this.send = send;
        this.log = log;
        this.thread = Thread.ofPlatform().name("ifqd-loop").daemon().unstarted(this::watch);
    }

    void start() {
        thread.start();
    }

    /** Whether forwarding is stopped. */
    boolean isLooped() {
        return looped;
    }

    /** Whether probes may be on their way, so that {@link #markProbes} has to be called. */
    boolean isProbing() {
        return probing;
    }

    /** Looks where the first frame was last seen. @param port where it comes in, 0 or 1 */
    void inspect(FrameBatch batch, int port) {
        long hash = hash(batch.address(0), Math.min(batch.length(0), HASHED_BYTES));
        int entry = (int) (hash >>> 56);
        long seen = lastSeen.get(entry);
        long known = hash << 4;
        if ((seen & ~0xf) != known) {
            lastSeen.set(entry, known | port);
        } else if ((seen & 1) != port) {
            long changes = Math.min((seen & 0xf) >> 1, RETURNS) + 1;
            lastSeen.set(entry, known | Math.min(changes, RETURNS) << 1 | port);
            if (changes > RETURNS) {
                sightings.incrementAndGet();
            }
        }
    }

    private static long hash(long frame, int bytes) {
        long hash = bytes;
        for (int at = 0; at + Long.BYTES <= bytes; at += Long.BYTES) {
            hash = (hash ^ Memory.getLong(frame + at)) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 32;
        }
        return hash * 0x9e3779b97f4a7c15L;
    }

    /**
     * Marks our probes as UNWANTED: they are the proof, and must not go round themselves. One that comes back where it
     * left is none: a reflector, as load tests have at one end.
     */
    void markProbes(FrameBatch batch, int port) {
        for (int i = 0; i < batch.count(); i++) {
            int sender = probe.sender(batch.address(i), batch.length(i));
            if (sender == LoopProbe.NOBODY) {
                continue;
            }
            batch.flag(i, FrameBatch.UNWANTED);
            if (sender != port) {
                returnedNs = System.nanoTime();
                if (!looped) {
                    looped = true;
                    log.accept(
                            "the two ports are connected with each other: forwarding stopped until the loop is gone");
                }
            }
        }
    }

    /**
     * While forwarding is stopped: marks all frames as UNWANTED but spanning tree's, which may be what ends the loop.
     * They could go round themselves, so only a few may pass.
     */
    void markStopped(FrameBatch batch, int port) {
        for (int i = 0; i < batch.count(); i++) {
            boolean isBpdu = (batch.flags(i) & FrameBatch.MULTICAST) != 0 && isSpanningTree(batch.address(i));
            if (!isBpdu || passing.decrementAndGet(port) < 0) {
                batch.flag(i, FrameBatch.UNWANTED);
            }
        }
    }

    /** STP, RSTP, MSTP; of provider bridges; PVST+. */
    private static boolean isSpanningTree(long frame) {
        LinkLocalClass found = LinkLocalClass.of(frame);
        int last = Memory.getByte(frame + 5) & 0xff;
        return found == LinkLocalClass.STP
                || found == LinkLocalClass.RESERVED && last == 0x08
                || found == LinkLocalClass.CISCO && last == 0xcd;
    }

    /** Whatever fails must not end the thread: while forwarding is stopped nobody else lets it go on. */
    private void watch() {
        while (!stopped) {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                LockSupport.parkNanos(TICK_NS); // and once more; there may be no memory to say it
            }
        }
    }

    private void turn() {
        passing.set(0, PASSING);
        passing.set(1, PASSING);
        LockSupport.parkNanos(TICK_NS);
        boolean suspicious = sightings.getAndSet(0) >= SUSPICIOUS;
        if (looped && System.nanoTime() - returnedNs > CLEAR_NS) {
            looped = false;
            log.accept("the loop is gone: forwarding again");
        }
        if (suspicious || looped) {
            probing = true;
            sentNs = System.nanoTime();
            sendProbe();
        } else if (probing && System.nanoTime() - sentNs > CLEAR_NS) {
            probing = false;
        }
    }

    private void sendProbe() {
        try {
            send.accept(probe);
        } catch (RuntimeException | Error e) {
            log.accept("a loop probe cannot be sent: " + e);
        }
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
        ThreadEnd.await(thread); // it uses the ports' sockets
    }
}
