package org.ifqd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.OperState;
import org.junit.jupiter.api.Test;

/** The rules of the mirror, without a kernel: who is lowered and raised when, and that no two hold each other down. */
class LinkMirrorTest {
    private static final long GRACE = LinkMirror.GRACE_NS;

    private long now = 1;
    private final List<String> done = new ArrayList<>();
    private final LinkMirror mirror = new LinkMirror("a", "b", () -> now);

    private static Optional<Link> link(int index, boolean up, boolean carrier) {
        return Optional.of(new Link(
                index,
                index % 2 == 1 ? "a" : "b",
                Link.ARPHRD_ETHER,
                up ? Link.IFF_UP : 0,
                1500,
                0,
                carrier ? OperState.UP : OperState.DOWN,
                carrier,
                0,
                "",
                "veth",
                1,
                1,
                0,
                0,
                65536));
    }

    private static final Optional<Link> A_GOOD = link(1, true, true);
    private static final Optional<Link> A_LOST = link(1, true, false);
    private static final Optional<Link> A_DOWN = link(1, false, false);
    private static final Optional<Link> B_GOOD = link(2, true, true);
    private static final Optional<Link> B_LOST = link(2, true, false);
    private static final Optional<Link> B_DOWN = link(2, false, false);

    private void look(Optional<Link> a, Optional<Link> b, String... expected) {
        done.clear();
        mirror.look(List.of(a, b), (link, up) -> done.add(link.name() + (up ? " up" : " down")));
        assertEquals(List.of(expected), done);
    }

    @Test
    void lossAndReturn() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
        look(A_LOST, B_DOWN);
        look(A_GOOD, B_DOWN, "b up");
        look(A_GOOD, B_LOST); // still negotiating
        look(A_GOOD, B_GOOD);
        look(A_GOOD, B_LOST, "a down");
        look(A_DOWN, B_GOOD, "a up");
    }

    @Test
    void whatWasRaisedGetsTimeForItsCarrier() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
        look(A_GOOD, B_DOWN, "b up");
        assertEquals(OptionalLong.of(GRACE), mirror.untilNs());
        now += GRACE - 1;
        look(A_GOOD, B_LOST);
        now += 1;
        look(A_GOOD, B_LOST, "a down"); // its cable was pulled meanwhile
        assertEquals(OptionalLong.empty(), mirror.untilNs());
        look(A_DOWN, B_LOST);
        look(A_DOWN, B_GOOD, "a up");
    }

    @Test
    void bothLostAtOnceDoNotHoldEachOtherDown() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_LOST, "b down");
        look(A_LOST, B_DOWN);
        look(A_GOOD, B_DOWN, "b up");
        look(A_GOOD, B_GOOD);
        assertEquals(OptionalLong.empty(), mirror.untilNs());
    }

    @Test
    void noCarrierFromTheStart() {
        look(A_LOST, B_GOOD);
        now += GRACE;
        look(A_LOST, B_GOOD, "b down");
        look(A_GOOD, B_DOWN, "b up");
    }

    @Test
    void aCardThatIsOut() {
        look(A_GOOD, B_GOOD);
        look(Optional.empty(), B_GOOD, "b down");
        look(Optional.empty(), B_DOWN);
        look(link(3, false, false), B_DOWN);
        look(link(3, true, true), B_DOWN, "b up");
    }

    @Test
    void anotherInterfaceInPlaceOfTheLoweredOne() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
        look(A_LOST, Optional.empty());
        look(A_LOST, link(4, true, true), "b down");
        look(A_GOOD, link(4, false, false), "b up");
    }

    @Test
    void whoeverSetsItUpIsRight() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
        look(A_LOST, B_GOOD);
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
    }

    @Test
    void theEndLeavesNothingDown() {
        look(A_GOOD, B_GOOD);
        look(A_LOST, B_GOOD, "b down");
        done.clear();
        mirror.end(List.of(A_LOST, B_DOWN), (link, up) -> done.add(link.name() + (up ? " up" : " down")));
        assertEquals(List.of("b up"), done);
    }

    @Test
    void aRefusalIsNoEnd() {
        look(A_GOOD, B_GOOD);
        mirror.look(List.of(A_LOST, B_GOOD), (link, up) -> {
            throw new IllegalStateException("refused");
        });
        look(A_LOST, B_GOOD);
        look(A_GOOD, B_GOOD);
    }
}
