package org.ifqd.probe;

import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.pcap.Recording;

/**
 * Sends the frames of a recording in its order, each at its time: as they were captured, faster or slower, at a rate,
 * or as fast as possible. What fell due while we were held up is sent at once, so that the whole takes as long as it
 * should.
 *
 * <p><b>Threading:</b> one thread opens, runs and closes, another one sends; {@link #stop} from any.
 * <b>Owns:</b> its ring; not the recording.
 */
public final class Replay implements AutoCloseable {
    private static final int BURST = 64;
    private static final int TAG_BYTES = 4;

    /** Long enough for a late wake-up on a busy machine; the price is one processor while it runs. */
    private static final long SPIN_NS = 500_000;

    private final Recording recording;
    private final Timing timing;
    private final long rounds;
    private final int longest;
    private final RingSender ring;
    private long tooLong;
    private volatile boolean stopped;
    private Result result;

    /**
     * When frames are due.
     *
     * @param speed of the capture's own times: 2 is twice as fast; 0 for none of them
     * @param rate frames a second, where speed is 0; 0 for as fast as possible
     */
    public record Timing(double speed, double rate) {
        boolean isPaced() {
            return speed > 0 || rate > 0;
        }
    }

    /**
     * What became of it.
     *
     * @param frames that the kernel took
     * @param tooLong frames that are longer than the interface takes
     * @param refused frames that the kernel would not take for another reason
     * @param lateNs how late the system call began that sent a frame, for each frame; empty without a timing
     */
    public record Result(
            long frames, long bytes, long tooLong, long refused, long elapsedNs, boolean complete, Histogram lateNs) {}

    /**
     * Opens the interface.
     *
     * @param rounds how often the whole recording is sent; 0 until it is stopped
     */
    public Replay(Libc libc, Recording recording, ProbePort out, Timing timing, long rounds) {
        this.recording = recording;
        this.timing = timing;
        this.rounds = rounds;
        Link link = out.link(libc);
        longest = link.mtuBytes() + ProbeFrame.ETHERNET_BYTES + TAG_BYTES;
        ring = out.inside(() -> new RingSender(libc, out, link, longest));
    }

    /** Sends to the end, or until it is stopped. */
    public Result run() throws InterruptedException {
        ProbeThread thread = new ProbeThread("replay", () -> result = send(), this::stop);
        thread.start();
        thread.join();
        thread.rethrow();
        return result;
    }

    private Result send() {
        ring.stayHere();
        long startNs = System.nanoTime();
        ring.begin(startNs);
        long roundNs = startNs;
        long sequence = 0;
        long round = 0;
        while (!stopped && (rounds == 0 || round < rounds) && recording.frames() > 0) {
            sequence = sendRound(roundNs, startNs, sequence);
            round++;
            roundNs += roundNs();
        }
        ring.drain();
        boolean complete = !stopped || rounds != 0 && round == rounds && sequence == rounds * recording.frames();
        return new Result(
                ring.frames(),
                ring.bytes(),
                tooLong,
                ring.refused(),
                System.nanoTime() - startNs,
                complete,
                ring.lateNs());
    }

    /** From one round's first frame to the next one's: the recording, and once more its average gap. */
    private long roundNs() {
        if (timing.speed == 0) {
            return 0;
        }
        long gaps = Math.max(1, recording.frames() - 1);
        return (long) ((recording.durationNs() + (double) recording.durationNs() / gaps) / timing.speed);
    }

    /**
     * @param roundNs when the round begins, by the capture's times
     * @param startNs when the first round began
     * @param sequence frames that were due before
     */
    private long sendRound(long roundNs, long startNs, long sequence) {
        long record = recording.first();
        long firstNs = recording.timeNs(record);
        double intervalNs = timing.rate > 0 ? 1e9 / timing.rate : 0;
        long number = sequence;
        while (record != 0 && !stopped) {
            long nowNs = System.nanoTime();
            int batch = 0;
            int put = 0;
            long waitNs = 0;
            boolean full = false;
            while (record != 0 && batch < BURST) {
                long dueNs = timing.speed > 0
                        ? roundNs + (long) ((recording.timeNs(record) - firstNs) / timing.speed)
                        : startNs + (long) (number * intervalNs);
                if (timing.isPaced() && dueNs - nowNs > 0) {
                    waitNs = dueNs - nowNs;
                    break;
                }
                if (recording.bytes(record) > longest) {
                    tooLong++;
                } else if (ring.space(1) == 0) {
                    full = true;
                    break;
                } else {
                    put++;
                    ring.put(recording.frame(record), recording.bytes(record));
                    if (timing.isPaced()) {
                        ring.late(nowNs - dueNs);
                    }
                }
                record = recording.next(record);
                number++;
                batch++;
            }
            if (put > 0 || full) {
                ring.sendOrWait();
            } else if (waitNs > SPIN_NS) {
                LockSupport.parkNanos(Math.min(waitNs - SPIN_NS, 100_000_000)); // looks whether it is to stop
            } else {
                Thread.onSpinWait();
            }
        }
        return number;
    }

    /** Ends it at the next frame. */
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        ring.close();
    }
}
