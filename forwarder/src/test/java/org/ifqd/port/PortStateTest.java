package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may follow what. */
class PortStateTest {

    private static Set<PortState> after(PortState state) {
        Set<PortState> next = EnumSet.noneOf(PortState.class);
        for (PortState each : PortState.values()) {
            if (state.mayBecome(each)) {
                next.add(each);
            }
        }
        return next;
    }

    @Test
    void theDrawing() {
        Set<PortState> fromRunning = EnumSet.of(
                PortState.SUSPENDED, PortState.NO_CARRIER, PortState.DOWN, PortState.ABSENT, PortState.STOPPED);
        assertEquals(EnumSet.of(PortState.RUNNING, PortState.CLOSED), after(PortState.OPEN));
        assertEquals(fromRunning, after(PortState.RUNNING));
        assertEquals(EnumSet.of(PortState.STOPPED), after(PortState.ABSENT), "its sockets are dead");
        assertEquals(EnumSet.of(PortState.CLOSED), after(PortState.STOPPED), "its slots may be with the kernel");
        assertEquals(Set.of(), after(PortState.CLOSED));
    }

    @ParameterizedTest
    @EnumSource(names = {"SUSPENDED", "NO_CARRIER", "DOWN"})
    void pausedPortsComeBackOrGo(PortState paused) {
        assertTrue(paused.isPaused());
        assertTrue(paused.mayBecome(PortState.RUNNING));
        assertTrue(paused.mayBecome(PortState.ABSENT));
        assertTrue(paused.mayBecome(PortState.STOPPED));
        assertFalse(paused.mayBecome(PortState.CLOSED), "by way of STOPPED");
        assertFalse(paused.mayBecome(PortState.OPEN));
    }

    /** The whole of {@link PortState#mayBecome}, held by what the ports hold their state in. */
    @ParameterizedTest
    @EnumSource
    void aForbiddenStepIsNotTaken(PortState from) {
        for (PortState next : PortState.values()) {
            PortLife life = at(from);
            if (from.mayBecome(next)) {
                life.become(next);
                assertEquals(next, life.state());
            } else {
                String said = assertThrows(IllegalStateException.class, () -> life.become(next))
                        .getMessage();
                assertEquals("eth1: " + from + " must not become " + next, said);
                assertEquals(from, life.state());
            }
        }
    }

    /** A port that got there by steps that may be. */
    private static PortLife at(PortState state) {
        PortLife life = new PortLife("eth1");
        List<PortState> way =
                switch (state) {
                    case OPEN -> List.of();
                    case RUNNING -> List.of(PortState.RUNNING);
                    case SUSPENDED, NO_CARRIER, DOWN, ABSENT, STOPPED -> List.of(PortState.RUNNING, state);
                    case CLOSED -> List.of(PortState.RUNNING, PortState.STOPPED, PortState.CLOSED);
                };
        way.forEach(life::become);
        return life;
    }

    @ParameterizedTest
    @EnumSource
    void noneFollowsItself(PortState state) {
        assertFalse(state.mayBecome(state));
    }
}
