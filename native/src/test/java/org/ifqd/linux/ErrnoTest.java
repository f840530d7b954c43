package org.ifqd.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ifqd.linux.lab.CompiledLayout;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    /** errno(3); the fallback where there is no compiler. */
    private static final Map<String, Long> TABLE = new TreeMap<>(Map.ofEntries(
            Map.entry("EPERM", 1L),
            Map.entry("ENOENT", 2L),
            Map.entry("EINTR", 4L),
            Map.entry("ENXIO", 6L),
            Map.entry("EBADF", 9L),
            Map.entry("EAGAIN", 11L),
            Map.entry("ENOMEM", 12L),
            Map.entry("EACCES", 13L),
            Map.entry("EBUSY", 16L),
            Map.entry("EEXIST", 17L),
            Map.entry("ENODEV", 19L),
            Map.entry("EINVAL", 22L),
            Map.entry("EMFILE", 24L),
            Map.entry("ENOSPC", 28L),
            Map.entry("ERANGE", 34L),
            Map.entry("EMSGSIZE", 90L),
            Map.entry("ENOPROTOOPT", 92L),
            Map.entry("EPROTONOSUPPORT", 93L),
            Map.entry("EOPNOTSUPP", 95L),
            Map.entry("EAFNOSUPPORT", 97L),
            Map.entry("EADDRINUSE", 98L),
            Map.entry("ENETDOWN", 100L),
            Map.entry("ENOBUFS", 105L)));

    @Test
    void everyNumberIsInTheTable() throws IllegalAccessException {
        assertEquals(TABLE, declared());
    }

    @Test
    void theTableEqualsTheHeader() throws IOException {
        assertEquals(TABLE, new TreeMap<>(CompiledLayout.evaluate(List.of("errno.h"), TABLE.keySet())));
    }

    @Test
    void everyNumberHasItsName() {
        TABLE.forEach((name, number) -> assertEquals(name, Errno.name(number.intValue())));
        assertEquals("errno 4095", Errno.name(4095));
    }

    private static Map<String, Long> declared() throws IllegalAccessException {
        Map<String, Long> numbers = new TreeMap<>();
        for (Field field : Errno.class.getDeclaredFields()) {
            if (field.getType() == int.class) {
                numbers.put(field.getName(), (long) field.getInt(null));
            }
        }
        return numbers;
    }
}
