package org.ifqd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.ifqd.check.PortCheck;
import org.junit.jupiter.api.Test;

/**
 * {@code ifqd check} on workers and interrupts of one processor; no card of a test machine takes its interrupts where
 * it is told.
 */
class SharedProcessorsTest {

    @Test
    void namesThoseThatDoBoth() {
        assertEquals(List.of(), PortCheck.sharedProcessors(List.of(2, 3), Set.of(0, 1)));
        assertEquals(
                List.of(
                        "processor 1, 3 runs a worker and takes the interface's interrupts, one waits for the other; name"
                                + " others in cpus, or move the interrupts (/proc/irq/*/smp_affinity_list)"),
                PortCheck.sharedProcessors(List.of(3, 1, 4), Set.of(1, 3, 5)));
    }
}
