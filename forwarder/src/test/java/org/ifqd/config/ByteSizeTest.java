package org.ifqd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0,0", "1500,1500", "512KiB,524288", "8MiB,8388608", "8 MiB,8388608", "1GiB,1073741824"})
    void reads(String text, long bytes) {
        assertEquals(bytes, ByteSize.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "8MB", "8mib", "1.5GiB", "8MiBx", " 8MiB", "9999999999999999", "0x10"})
    void refuses(String text) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse(text));
        assertEquals("'" + text + "' is not a size; write for example 8MiB", e.getMessage());
    }

    @Test
    void refusesWhatNoNumberCanHold() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> ByteSize.parse("999999999999999GiB"));
        assertTrue(e.getMessage().contains("'999999999999999GiB' is not a size"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"1500,1500 bytes", "1048576,1 MiB", "8388608,8 MiB", "1099511627776,1048576 MiB"})
    void writes(long bytes, String text) {
        assertEquals(text, ByteSize.format(bytes));
    }
}
