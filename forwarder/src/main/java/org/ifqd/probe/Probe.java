package org.ifqd.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.SocketFilter;

/**
 * One run: opens receivers before senders, so that nothing is missed; runs each on a thread of its own; reports.
 *
 * <p><b>Threading:</b> one thread opens, runs and closes; {@link #stop} from any. <b>Owns:</b> senders and receivers.
 */
public final class Probe implements AutoCloseable {
    private final Libc libc;
    private final ProbeConfig config;
    private final List<Direction> directions = new ArrayList<>();
    private volatile boolean stopped;

    /** Opens everything; from now on frames are received. */
    public Probe(Libc libc, ProbeConfig config) {
        this.libc = libc;
        this.config = config;
        try {
            open(config.out(), config.in(), config.forward());
            if (config.both()) {
                open(config.in(), config.out(), config.forward().reversed());
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(ProbePort out, ProbePort in, ProbeStream stream) {
        Direction direction = new Direction(out, in, new Verifier(stream, new SequenceWindow(config.flows())));
        directions.add(direction);
        if (out != null) {
            Link link = out.link(libc);
            direction.sender = out.inside(() -> new Sender(libc, out, link, stream, config));
        }
        if (in != null) {
            Ending ending = out != null
                    ? Ending.after(direction.sender, config.timeoutNs())
                    : Ending.alone(() -> stopped, config.count(), config.durationNs(), config.timeoutNs());
            Link link = in.link(libc);
            SocketFilter filter = Recognizer.filter(stream);
            direction.receiver = in.inside(
                    () -> new FrameReceiver(libc, in, link, filter, direction.verifier, config.rxRingBytes(), ending));
        }
    }

    /** Runs to the end and reports; one element for each direction. */
    public List<DirectionReport> run() throws InterruptedException {
        List<ProbeThread> threads = new ArrayList<>();
        for (Direction direction : directions) {
            if (direction.receiver != null) {
                threads.add(new ProbeThread("probe-rx-" + direction.in.name(), direction.receiver, this::stop));
            }
        }
        for (Direction direction : directions) {
            if (direction.sender != null) {
                threads.add(new ProbeThread("probe-tx-" + direction.out.name(), direction.sender, this::stop));
            }
        }
        threads.forEach(ProbeThread::start);
        for (ProbeThread thread : threads) {
            thread.join();
        }
        for (ProbeThread thread : threads) {
            thread.rethrow();
        }
        return directions.stream().map(this::report).toList();
    }

    /** How far it is, for people; any thread, while it runs. */
    public String progress() {
        return directions.stream()
                .map(d -> (d.sender == null ? "" : d.sender.soFar() + " sent ")
                        + (d.receiver == null ? "" : d.receiver.soFar() + " received"))
                .map(String::strip)
                .collect(Collectors.joining("; "));
    }

    private DirectionReport report(Direction direction) {
        boolean receives = direction.receiver != null;
        return new DirectionReport(
                direction.out,
                direction.in,
                direction.sender == null ? null : direction.sender.sent(),
                config.count(),
                receives ? direction.verifier : null,
                receives ? direction.receiver.kernelDrops() : 0);
    }

    /** Ends the run early: senders stop, stragglers are waited for, and {@link #run} reports as usual. */
    public void stop() {
        stopped = true;
        for (Direction direction : directions) {
            if (direction.sender != null) {
                direction.sender.stop();
            }
        }
    }

    @Override
    public void close() {
        directions.forEach(Direction::close);
    }

    /** The two ends of one direction, those of them that are ours. */
    private static final class Direction {
        final ProbePort out;
        final ProbePort in;
        final Verifier verifier;
        Sender sender;
        FrameReceiver receiver;

        Direction(ProbePort out, ProbePort in, Verifier verifier) {
            this.out = out;
            this.in = in;
            this.verifier = verifier;
        }

        void close() {
            if (sender != null) {
                sender.close();
            }
            if (receiver != null) {
                receiver.close();
            }
        }
    }
}
