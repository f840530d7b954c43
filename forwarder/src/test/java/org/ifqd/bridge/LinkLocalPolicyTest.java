package org.ifqd.bridge;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.ifqd.frame.FrameBatch;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkLocalPolicyTest {

    @ParameterizedTest
    @CsvSource({
        "0180c2000000, stp",
        "0180c2000001, pause",
        "0180c2000002, lacp",
        "0180c2000003, 802.1x",
        "0180c2000004, reserved",
        "0180c200000d, reserved",
        "0180c200000e, lldp",
        "0180c200000f, reserved",
        "01000ccccccc, cisco",
        "01000ccccccd, cisco",
        "0180c2000010, ",
        "0180c2000100, ",
        "01000ccccccb, ",
        "01005e000001, ",
        "ffffffffffff, ",
    })
    void classOfADestination(String destination, String name) {
        try (Arena arena = Arena.ofConfined()) {
            LinkLocalClass found = LinkLocalClass.of(frame(arena, destination));
            Assertions.assertEquals(name, found == null ? null : found.toString());
        }
    }

    @Test
    void marksOnlyWhatIsDropped() {
        try (Arena arena = Arena.ofConfined()) {
            FrameBatch batch = new FrameBatch(4);
            for (String destination : new String[] {"0180c2000000", "0180c200000e", "01005e000001", "020000000001"}) {
                int flags = destination.startsWith("01") ? FrameBatch.MULTICAST : 0;
                batch.add(frame(arena, destination), 60, flags, (token, frames) -> {}, 0);
            }
            LinkLocalPolicy.parse("stp=drop,lldp=drop,lldp=pass").mark(batch);
            Assertions.assertEquals(1, batch.releaseFlagged(FrameBatch.UNWANTED));
            Assertions.assertEquals(3, batch.count());
        }
    }

    @Test
    void allPassesUnlessToldOtherwise() {
        Assertions.assertFalse(LinkLocalPolicy.TRANSPARENT.dropsSome());
        Assertions.assertFalse(LinkLocalPolicy.parse("stp=pass").dropsSome());
        Assertions.assertTrue(LinkLocalPolicy.parse("802.1x=drop").dropsSome());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stp", "stp=maybe", "spt=drop", "stp=drop,", "=drop"})
    void whatCannotBeReadIsNamed(String text) {
        IllegalArgumentException e =
                Assertions.assertThrows(IllegalArgumentException.class, () -> LinkLocalPolicy.parse(text));
        Assertions.assertTrue(e.getMessage().contains("link-local"), e.getMessage());
    }

    private static long frame(Arena arena, String destination) {
        MemorySegment frame = arena.allocate(60);
        MemorySegment.copy(HexFormat.of().parseHex(destination), 0, frame, ValueLayout.JAVA_BYTE, 0, 6);
        return frame.address();
    }
}
