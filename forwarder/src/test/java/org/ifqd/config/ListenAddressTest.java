package org.ifqd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ListenAddressTest {
    @Test
    void aPortAloneIsThatOfAllAddresses() {
        assertEquals(new ListenAddress("0.0.0.0", 9470), ListenAddress.parse(":9470"));
        assertEquals(new ListenAddress("::1", 9470), ListenAddress.parse("[::1]:9470"));
        assertThrows(IllegalArgumentException.class, () -> ListenAddress.parse(":"));
        assertThrows(IllegalArgumentException.class, () -> ListenAddress.parse(":99999"));
    }
}
