package org.ifqd.linux.pcap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.ifqd.linux.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Expressions and whole frames, tags in place. */
class FilterCompilerTest {
    private static final int BYTES = 64;

    private final ByteBuffer frame = ByteBuffer.allocateDirect(BYTES);

    private void write(String words) {
        frame.clear();
        frame.putLong(0x0180c20000000200L).putInt(0x00000001); // to the STP address
        for (String word : words.split(" ")) {
            frame.putShort((short) Integer.parseInt(word, 16));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vlan 42, 8100 002a 88b5, true",
        "vlan 42, 8100 002b 88b5, false",
        "vlan 42, 88b5, false",
        "not vlan, 88b5, true",
        "vlan 7 and vlan 42, 88a8 0007 8100 002a 88b5, true",
        "ether dst 01:80:c2:00:00:00, 88b5, true",
        "not stp, 88b5, true",
        "greater 65, 88b5, false",
        "ether proto 0x88b5, 88b5, true",
    })
    void matches(String expression, String words, boolean expected) {
        write(words);
        FrameFilter filter = FilterCompiler.forFrames(expression);
        assertEquals(expected, filter.matches(Memory.addressOf(frame), BYTES));
    }

    @Test
    void badExpressionInLibpcapsWords() {
        for (String bad : new String[] {"not stpp", "vlan vlan vlan 99999", "(", "port http ssh"}) {
            FilterException e = assertThrows(FilterException.class, () -> FilterCompiler.check(bad));
            assertTrue(e.getMessage().startsWith("filter '" + bad + "': "), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }

    /** libpcap recurses over all of them: 48,000 characters ended the process. */
    @ParameterizedTest
    @ValueSource(strings = {"ip or ", "not ", "("})
    void whatIsTooLongIsRefusedAndTheLongestAreCompiled(String part) {
        FilterException e =
                assertThrows(FilterException.class, () -> FilterCompiler.check(part.repeat(48_000 / part.length())));
        assertTrue(e.getMessage().contains("more than 4096"), e.getMessage());
        assertTrue(e.getMessage().length() < 300, e.getMessage());
        int times = (FilterCompiler.LONGEST - 2) / part.length() / 2;
        FilterCompiler.check(part.repeat(times) + "ip" + (part.equals("(") ? ")".repeat(times) : ""));
    }

    @Test
    void goodExpressions() {
        for (String good : new String[] {"not stp", "ip6 and tcp port 80", "vlan and ip", "ether multicast"}) {
            FilterCompiler.check(good);
        }
    }
}
