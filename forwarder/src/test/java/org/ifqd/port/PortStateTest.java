package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
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

    @ParameterizedTest
    @EnumSource
    void noneFollowsItself(PortState state) {
        assertFalse(state.mayBecome(state));
    }
}
