package org.ifqd.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.ifqd.host.HostUseWatch;
import org.ifqd.link.LinkWatch;
import org.ifqd.link.PortLink;
import org.ifqd.link.Retry;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ports in step with their interfaces: paused without a carrier, opened anew on another interface of the same
 * name or for another MTU. Where that fails, it is tried again, more and more seldom, and at every change of the
 * interfaces. A pair that fails does not keep the others waiting.
 *
 * <p><b>Threading:</b> the controlling thread. <b>Owns:</b> the watch and a netlink socket.
 */
final class LinkFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkFollower.class);

    private final Libc libc;
    private final Pairs pairs;
    private final Consumer<Pair> onFirst;
    private final LinkWatch watch;
    private final HostUseWatch hostUse = new HostUseWatch();

    /** Null after an error: left-over answers would confuse the next question. */
    private Rtnetlink rtnetlink;

    /** The pairs that could not be opened, by name. */
    private final Map<String, Retry> unopened = new HashMap<>();

    /** Of the last look, if not all of it went well; else null. */
    private Retry incomplete;

    /**
     * @param thread has {@link #look} called when the interfaces change
     * @param onFirst told of a pair whose interfaces have come for the first time, when frames can flow
     */
    LinkFollower(Libc libc, Pairs pairs, ControlThread thread, Consumer<Pair> onFirst) {
        this.libc = libc;
        this.pairs = pairs;
        this.onFirst = onFirst;
        this.watch = new LinkWatch(libc, () -> thread.post(() -> lookUnlessEnding(thread)));
    }

    private void lookUnlessEnding(ControlThread thread) {
        if (!thread.isAsked()) {
            look();
        }
    }

    /** Looks at all interfaces and does what they call for. Throws nothing: what fails is tried again. */
    void look() {
        Set<Integer> removed = watch.takeRemoved();
        watch.watch(pairs.links()); // pairs come and go by reloads; and whatever follows is asked for below
        pairs.links().forEach(link -> removed.forEach(link::removed));
        RuntimeException failure = null;
        for (Pair pair : pairs.running()) {
            failure = tried(failure, () -> look(pair));
        }
        unopened.keySet()
                .retainAll(pairs.running().stream().map(LinkFollower::name).toList());
        watch.watch(pairs.links());
        boolean isReaddressed = watch.takeReaddressed() || incomplete != null;
        failure = tried(failure, () -> hostUse.look(rtnetlink(), notToBeUsed(), isReaddressed));
        Retry before = incomplete;
        incomplete = failure == null ? null : Retry.after(before, failure);
        if (incomplete != null && incomplete.isNews(before)) {
            LOG.error("interfaces cannot be followed, tried again: {}", incomplete.why());
        }
    }

    /** The interfaces that the host is not to use: those of open ports, without allow-host. */
    private List<Link> notToBeUsed() {
        return pairs.running().stream()
                .filter(pair -> !pair.isClosed() && !pair.settings().host().allowUse())
                .flatMap(pair -> pair.links().stream())
                .flatMap(link -> link.now().stream())
                .toList();
    }

    /** Returns the failure, if there is one, or an earlier one. */
    private RuntimeException tried(RuntimeException earlier, Runnable step) {
        try {
            step.run();
            return earlier;
        } catch (RuntimeException e) {
            if (rtnetlink != null) {
                rtnetlink.close();
                rtnetlink = null;
            }
            return e;
        }
    }

    private Rtnetlink rtnetlink() {
        if (rtnetlink == null) {
            rtnetlink = new Rtnetlink(libc);
        }
        return rtnetlink;
    }

    private void look(Pair pair) {
        List<String> before = names(pair);
        Rtnetlink kernel = rtnetlink();
        pair.links().forEach(link -> link.look(kernel));
        boolean isFresh = false;
        if (!pair.needsFreshRings()) {
            unopened.remove(name(pair)); // there is nothing to be tried any more
        } else if (isDue(pair)) {
            isFresh = reopen(pair);
        }
        if (!isFresh && !pair.isClosed()) {
            sayRenamed(pair, before);
            pair.isolateByName();
        }
        pair.follow();
        pair.mirror(kernel);
    }

    private static String name(Pair pair) {
        return pair.settings().pair().toString();
    }

    private static List<String> names(Pair pair) {
        return pair.links().stream()
                .map(link -> link.now().map(Link::name).orElse(""))
                .toList();
    }

    private boolean isDue(Pair pair) {
        Retry retry = unopened.get(name(pair));
        return retry == null || retry.isDue() || pair.links().stream().anyMatch(PortLink::isChanged);
    }

    private static void sayRenamed(Pair pair, List<String> before) {
        List<String> now = names(pair);
        for (int i = 0; i < now.size(); i++) {
            if (!now.get(i).isEmpty() && !before.get(i).isEmpty() && !now.get(i).equals(before.get(i))) {
                LOG.warn(
                        "{}: the interface is called {} now; forwarding goes on",
                        pair.links().get(i).name(),
                        now.get(i));
            }
        }
    }

    /** False: that failed, and is to be tried again. */
    private boolean reopen(Pair pair) {
        Retry before = unopened.remove(name(pair));
        boolean isFirst = !pair.wasOpen();
        try {
            pairs.reopen(pair);
            LOG.info("{}: opened anew, {}", pair.settings().pair(), described(pair));
            if (isFirst) {
                onFirst.accept(pair);
            }
            return true;
        } catch (RuntimeException e) {
            Retry retry = Retry.after(before, e);
            unopened.put(name(pair), retry);
            LOG.error(
                    "{}: cannot be opened anew, tried again: {}",
                    pair.settings().pair(),
                    retry.why()); // folded by the log
            return false;
        }
    }

    private static String described(Pair pair) {
        return String.join(
                ", ",
                pair.links().stream()
                        .map(link -> link.now().orElseThrow())
                        .map(link -> "%s: index %d, MTU %d".formatted(link.name(), link.index(), link.mtuBytes()))
                        .toList());
    }

    /** Nanoseconds until {@link #look} has to be, even if nothing changes; empty for never. */
    OptionalLong untilDueNs() {
        LongStream retries = Stream.concat(unopened.values().stream(), Stream.ofNullable(incomplete))
                .mapToLong(Retry::untilDueNs);
        LongStream mirrors = pairs.running().stream()
                .map(Pair::untilMirrorNs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong);
        return LongStream.concat(retries, mirrors).min();
    }

    @Override
    public void close() {
        watch.close();
        if (rtnetlink != null) {
            rtnetlink.close();
        }
    }
}
