package org.ifqd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {
    @Test
    void inTheOrderWritten() {
        assertEquals(List.of(0), CpuList.parse("0"));
        assertEquals(List.of(3, 1), CpuList.parse("3, 1"));
        assertEquals(List.of(0, 1, 2, 8), CpuList.parse("0-2,8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "1,", "3-1", "-1", "1-2-3", "99999"})
    void saysWhatAListIs(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> CpuList.parse(text));
        assertEquals("'" + text + "' is not a list of processors; write for example 1 or 2,3 or 4-7", e.getMessage());
    }
}
