package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lanes are spread, away from interrupts where there are enough processors, or where they are told. */
class LaneProcessorsTest {
    private static final List<Integer> USABLE = List.of(0, 1, 2, 5);

    private final LaneProcessors places = new LaneProcessors();

    private int take(LanePlan plan, int lane) {
        return places.take(plan, lane, USABLE).cpu();
    }

    @Test
    void spreadsOverQuietProcessorsFirst() {
        LanePlan plan = new LanePlan(2, true, List.of(), Set.of(0, 2));
        assertEquals(1, take(plan, 0));
        assertEquals(5, take(plan, 1));
        assertEquals(0, take(plan, 0), "all quiet ones have a lane");
        assertEquals(2, take(plan, 1));
        assertEquals(1, take(plan, 0));
    }

    @Test
    void givesPlacesBackOnce() {
        LanePlan plan = new LanePlan(1, true, List.of(), Set.of());
        LaneProcessors.Reservation first = places.take(plan, 0, USABLE);
        assertEquals(0, first.cpu());
        assertEquals(1, take(plan, 0));
        first.close();
        first.close();
        assertEquals(0, take(plan, 0));
        assertEquals(2, take(plan, 0));
    }

    @Test
    void obeysTheConfiguration() {
        LanePlan plan = new LanePlan(3, true, List.of(5, 2), Set.of(5));
        assertEquals(List.of(5, 2, 5), List.of(take(plan, 0), take(plan, 1), take(plan, 2)));
        assertEquals(0, take(new LanePlan(1, true, List.of(), Set.of()), 0));
    }
}
