package org.ifqd.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ports in step with their interfaces: paused without a carrier, opened anew on another interface of the same name
 * or for another MTU. Where that fails, it is tried again, more and more seldom, and at every change of the interfaces.
 *
 * <p><b>Threading:</b> the controlling thread. <b>Owns:</b> the watch and a netlink socket.
 */
final class LinkFollower implements AutoCloseable {
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final Logger LOG = LoggerFactory.getLogger(LinkFollower.class);

    private final Libc libc;
    private final Pairs pairs;
    private final Consumer<RunningPair> onFirst;
    private final LinkWatch watch;
    private Rtnetlink rtnetlink;

    /** The pairs that could not be opened. */
    private final Map<RunningPair.Settings, Failure> failures = new HashMap<>();

    /**
     * @param pauseNs between the last try and the next
     * @param dueNs when to try again
     */
    private record Failure(long pauseNs, long dueNs) {}

    /**
     * @param onChange called from another thread when {@link #look} has to be
     * @param onFirst told of a pair whose interfaces have come for the first time, when frames can flow
     */
    LinkFollower(Libc libc, Pairs pairs, Runnable onChange, Consumer<RunningPair> onFirst) {
        this.libc = libc;
        this.pairs = pairs;
        this.onFirst = onFirst;
        this.watch = new LinkWatch(libc, onChange);
        this.rtnetlink = new Rtnetlink(libc);
    }

    /** Looks at all interfaces and does what they call for. */
    void look() {
        Set<Integer> removed = watch.takeRemoved();
        watch.watch(pairs.links()); // pairs come and go by reloads; and whatever follows is asked for below
        try {
            for (RunningPair pair : pairs.running()) {
                pair.links().forEach(link -> removed.forEach(link::removed));
                List<String> before = names(pair);
                pair.links().forEach(link -> link.look(rtnetlink));
                bring(pair, before);
            }
        } catch (RuntimeException e) {
            LOG.error("interfaces cannot be looked at: {}", e.getMessage());
            rtnetlink.close(); // left-over answers would confuse the next question
            rtnetlink = new Rtnetlink(libc);
        }
        failures.keySet()
                .retainAll(pairs.running().stream().map(RunningPair::settings).toList());
        watch.watch(pairs.links());
    }

    private static List<String> names(RunningPair pair) {
        return pair.links().stream()
                .map(link -> link.now().map(Link::name).orElse(""))
                .toList();
    }

    private void bring(RunningPair pair, List<String> namesBefore) {
        boolean isFresh = pair.needsFreshRings() && isDue(pair) && reopen(pair);
        if (!isFresh) {
            if (!pair.isClosed()) {
                renamed(pair, namesBefore);
            }
            pair.follow();
            pair.mirror(rtnetlink);
        }
    }

    private boolean isDue(RunningPair pair) {
        Failure failure = failures.get(pair.settings());
        return failure == null
                || System.nanoTime() - failure.dueNs >= 0
                || pair.links().stream().anyMatch(PortLink::isChanged);
    }

    private void renamed(RunningPair pair, List<String> before) {
        List<String> now = names(pair);
        boolean isRenamed = false;
        for (int i = 0; i < now.size(); i++) {
            String name = pair.links().get(i).name();
            if (!now.get(i).isEmpty() && !before.get(i).isEmpty() && !now.get(i).equals(before.get(i))) {
                isRenamed = true;
                LOG.warn("{}: the interface is called {} now; forwarding goes on", name, now.get(i));
            }
        }
        if (isRenamed && !now.contains("")) {
            pair.isolate(
                    pair.links().stream().map(link -> link.now().orElseThrow()).toList());
        }
    }

    /** Returns whether it went well. */
    private boolean reopen(RunningPair pair) {
        Failure failure = failures.remove(pair.settings());
        try {
            RunningPair fresh = pairs.reopen(pair);
            LOG.info("{}: opened anew, {}", pair.settings().pair(), described(fresh));
            fresh.follow();
            fresh.mirror(rtnetlink);
            if (!pair.wasOpen()) {
                onFirst.accept(fresh);
            }
            return true;
        } catch (RuntimeException e) {
            String why = String.valueOf(e.getMessage());
            long pauseNs = failure == null ? FIRST_PAUSE_NS : Math.min(LONGEST_PAUSE_NS, failure.pauseNs * 2);
            failures.put(pair.settings(), new Failure(pauseNs, System.nanoTime() + pauseNs));
            LOG.error(
                    "{}: cannot be opened anew, tried again: {}",
                    pair.settings().pair(),
                    why); // folded by the log
            return false;
        }
    }

    private static String described(RunningPair pair) {
        return String.join(
                ", ",
                pair.links().stream()
                        .map(link -> link.now().orElseThrow())
                        .map(link -> "%s: index %d, MTU %d".formatted(link.name(), link.index(), link.mtuBytes()))
                        .toList());
    }

    /** Nanoseconds until {@link #look} has to be, even if nothing changes; empty for never. */
    OptionalLong untilDueNs() {
        long now = System.nanoTime();
        LongStream retries = failures.values().stream().mapToLong(failure -> Math.max(0, failure.dueNs - now));
        LongStream mirrors = pairs.running().stream()
                .map(RunningPair::untilMirrorNs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong);
        return LongStream.concat(retries, mirrors).min();
    }

    @Override
    public void close() {
        watch.close();
        rtnetlink.close();
    }
}
