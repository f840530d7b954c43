package org.ifqd.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "134217728, 4",
        "536870912, 8",
        "1000000000, 8",
        "2100000000, 16",
        "4300000000, 64",
        "9223372036854775807, 64"
    })
    void theReceiveRingFollowsTheMachine(long memoryBytes, long mebibytes) {
        assertEquals(mebibytes << 20, PortOptions.defaultRxRing(memoryBytes));
    }
}
