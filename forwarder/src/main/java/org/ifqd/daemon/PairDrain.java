package org.ifqd.daemon;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.ifqd.bridge.Bridge;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How pairs end, and the account of those that have.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
final class PairDrain {
    /** How long a drain may take before the rest is purged. */
    static final long DRAIN_MS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(PairDrain.class);

    private final DaemonEvents daemon;

    /** Frames of pairs that are gone which no book knew of: 0, or a defect. */
    private long lost;

    /** Pairs with a worker that does not end, and its name: what it may read must stay mapped. */
    private final Map<Pair, String> stuck = new LinkedHashMap<>();

    PairDrain(DaemonEvents daemon) {
        this.daemon = daemon;
    }

    /**
     * Drains and closes these pairs, side by side: each drain may take its time, but all of them no longer than one.
     *
     * @throws IllegalStateException for those with a worker that does not end; the others are closed
     * @throws RuntimeException why a drain could not be begun, which can be tried again
     */
    void end(List<Pair> pairs) {
        List<Pair> open = pairs.stream()
                .filter(pair -> !pair.isClosed() && !stuck.containsKey(pair))
                .toList();
        open.forEach(pair -> daemon.step(pair.settings()));
        List<FutureTask<String>> drains = open.stream()
                .map(pair -> new FutureTask<>(() -> pair.drain(DRAIN_MS)))
                .toList();
        drains.stream()
                .skip(1)
                .forEach(
                        drain -> Thread.ofPlatform().name("ifqd-drain").daemon().start(drain));
        drains.stream().limit(1).forEach(FutureTask::run);
        RuntimeException failure = null;
        for (int i = 0; i < open.size(); i++) {
            try {
                book(open.get(i), result(drains.get(i)));
            } catch (RuntimeException e) {
                failure = e; // this one is as open as before; the others are to go all the same
            }
        }
        if (failure != null) {
            throw failure;
        }
        List<String> bad = pairs.stream()
                .filter(stuck::containsKey)
                .map(pair -> stuck.get(pair) + " did not end within " + DRAIN_MS + " ms; "
                        + pair.settings().pair() + " has stopped, restart ifqd")
                .toList();
        if (!bad.isEmpty()) {
            throw new IllegalStateException(String.join("; ", bad));
        }
    }

    private static String result(FutureTask<String> drain) {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return drain.get(); // it has an end of its own
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @param worker that does not end, or an empty string */
    private void book(Pair pair, String worker) {
        if (!worker.isEmpty()) {
            stuck.put(pair, worker);
            lost += Bridge.unaccounted(pair.snapshot());
            return;
        }
        long unaccounted = pair.unaccounted();
        if (unaccounted != 0) {
            LOG.error("{}: {} frames are unaccounted for", pair.settings().pair(), unaccounted);
        }
        lost += unaccounted;
        daemon.step(pair.settings());
        pair.close();
    }

    /** Whether it has a worker that does not end, and so must not be closed. */
    boolean isStuck(Pair pair) {
        return stuck.containsKey(pair);
    }

    /** The names of the workers that do not end, or an empty string. */
    String stuck() {
        return String.join(", ", stuck.values());
    }

    /** Frames that no book knows of, of all pairs that have ended. */
    long lost() {
        return lost;
    }
}
