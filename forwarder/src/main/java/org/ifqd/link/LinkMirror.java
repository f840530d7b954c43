package org.ifqd.link;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.ifqd.linux.netlink.Link;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the neighbours of one port that the other port has lost its carrier, in the only way they understand: by taking
 * their own carrier away. Sets the interface administratively down, and up again when the other one's carrier is back.
 *
 * <p>Two such ports must not hold each other down. So one that was lowered never counts as lost, and one that was
 * raised has some seconds to find its carrier (autonegotiation) before its lack of one is mirrored back. An interface
 * that somebody else sets up meanwhile is left up.
 *
 * <p><b>Threading:</b> the controlling thread.
 */
public final class LinkMirror {
    /** How long a NIC may take to find its carrier: autonegotiation and spanning tree's faster forms need less. */
    static final long GRACE_NS = TimeUnit.SECONDS.toNanos(10);

    /** Sets interfaces up and down. */
    public interface Switch {
        /** @throws RuntimeException why not */
        void setUp(Link link, boolean up);
    }

    private static final class Side {
        private final String name;

        /** We have taken it down, for the other one. */
        private boolean isLowered;

        /** Its loss is mirrored. */
        private boolean isLost;

        private boolean hadCarrier;
        private long raisedNs;

        /** Of its interface at the last look; 0 for none. */
        private int index;

        Side(String name, long now) {
            this.name = name;
            this.raisedNs = now;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(LinkMirror.class);

    private final LongSupplier clock;
    private final List<Side> sides;

    /** @param clock nanoseconds */
    public LinkMirror(String first, String second, LongSupplier clock) {
        this.clock = clock;
        this.sides = List.of(new Side(first, clock.getAsLong()), new Side(second, clock.getAsLong()));
    }

    /**
     * Does what the links call for; a change calls for another look, which the kernel's event brings.
     *
     * @param links of the first and the second port, as they are now
     */
    public void look(List<Optional<Link>> links, Switch to) {
        for (int i = 0; i < 2; i++) {
            if (look(sides.get(i), links.get(i), sides.get(1 - i), links.get(1 - i), to)) {
                break; // the other link is no longer what was looked at
            }
        }
        for (int i = 0; i < 2; i++) {
            sides.get(i).index = links.get(i).map(Link::index).orElse(0);
        }
    }

    /** Returns whether it has changed the other. */
    private boolean look(Side side, Optional<Link> link, Side other, Optional<Link> otherLink, Switch to) {
        if (side.isLowered && link.isPresent() && link.get().isUp()) {
            side.isLowered = false; // by somebody else, whose word counts
            raised(side);
        }
        if (side.isLowered) {
            return false;
        }
        if (link.isPresent() && link.get().isUp() && link.get().carrier()) {
            side.hadCarrier = true;
            boolean isBack = side.isLost && other.isLowered;
            side.isLost = false;
            return isBack && raise(other, otherLink, side.name + " has its carrier again", to);
        }
        if (side.isLost) {
            boolean isNew = otherLink.isPresent() && otherLink.get().index() != other.index;
            return isNew && lower(other, otherLink, side.name + " has no carrier", to);
        }
        if (!side.hadCarrier && graceLeftNs(side) > 0) {
            return false;
        }
        side.isLost = true;
        side.hadCarrier = false;
        return lower(other, otherLink, side.name + " has no carrier", to);
    }

    private boolean lower(Side side, Optional<Link> link, String why, Switch to) {
        if (link.isEmpty() || !link.get().isUp()) {
            return false; // its neighbours see nothing anyway
        }
        try {
            to.setUp(link.get(), false);
            side.isLowered = true;
            LOG.info("{}: taken down, as {} (mirror-link)", side.name, why);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("{}: cannot be taken down though {}: {}", side.name, why, e.getMessage());
            return false;
        }
    }

    private boolean raise(Side side, Optional<Link> link, String why, Switch to) {
        side.isLowered = false;
        raised(side);
        if (link.isEmpty()) {
            return false; // whoever brings it back sets it up
        }
        try {
            to.setUp(link.get(), true);
            LOG.info("{}: set up again, as {}", side.name, why);
            return true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "{}: cannot be set up again though {}; ip link set {} up: {}",
                    side.name,
                    why,
                    side.name,
                    e.getMessage());
            return false;
        }
    }

    private void raised(Side side) {
        side.hadCarrier = false;
        side.raisedNs = clock.getAsLong();
    }

    private long graceLeftNs(Side side) {
        return side.raisedNs + GRACE_NS - clock.getAsLong();
    }

    /** Nanoseconds until a port without carrier counts as lost; empty when there is nothing to wait for. */
    public OptionalLong untilNs() {
        return sides.stream()
                .filter(side -> !side.isLowered && !side.isLost && !side.hadCarrier)
                .mapToLong(side -> Math.max(0, graceLeftNs(side)))
                .min();
    }

    /** Whether an interface is down only for the sake of the mirror. */
    public boolean hasLowered() {
        return sides.stream().anyMatch(side -> side.isLowered);
    }

    /** Sets up what is down only for the sake of the mirror. */
    public void end(List<Optional<Link>> links, Switch to) {
        for (int i = 0; i < 2; i++) {
            if (sides.get(i).isLowered) {
                raise(sides.get(i), links.get(i), "ifqd ends", to);
            }
        }
    }
}
