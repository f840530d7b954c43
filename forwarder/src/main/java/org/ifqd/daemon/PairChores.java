package org.ifqd.daemon;

import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The controlling thread's work for its pairs, done while nobody asks for anything and after each request. */
final class PairChores implements ControlThread.Chores {
    private static final Logger LOG = LoggerFactory.getLogger(PairChores.class);

    private final Pairs pairs;
    private final LinkFollower links;

    PairChores(Pairs pairs, LinkFollower links) {
        this.pairs = pairs;
        this.links = links;
    }

    @Override
    public void whenIdle() {
        try {
            pairs.warnOfOffloads();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("the interfaces' offloads cannot be looked at: {}", e.toString());
        }
    }

    @Override
    public OptionalLong untilDueNs() {
        return links.untilDueNs();
    }

    @Override
    public void due() {
        links.look();
    }

    @Override
    public void afterwards() {
        pairs.keepFailOpen();
    }
}
