package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.ifqd.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameSizesTest {
    @Test
    void singleListRangeAndMixture() {
        assertArrayEquals(new int[] {64}, FrameSizes.parse("64").bytes());
        assertArrayEquals(
                new int[] {64, 512, 1514}, FrameSizes.parse("64,512, 1514").bytes());
        assertArrayEquals(
                IntStream.rangeClosed(60, 1514).toArray(),
                FrameSizes.parse("60-1514").bytes());
        assertArrayEquals(
                new int[] {100, 60, 61, 62}, FrameSizes.parse("100,60-62").bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "64,", "a", "-64", "64-60", "65536", "60-70000", "1-65535,1-65535", "64 512"})
    void othersAreRefused(String text) {
        assertThrows(ConfigException.class, () -> FrameSizes.parse(text));
    }

    @Test
    void everyFlowHasAllSizesInTurn() {
        FrameSizes sizes = FrameSizes.parse("60-63");
        for (int flow = 0; flow < 8; flow++) {
            int start = flow;
            int[] seen =
                    IntStream.range(0, 4).map(n -> sizes.of(start, n)).sorted().toArray();
            assertArrayEquals(sizes.bytes(), seen);
        }
        assertEquals(61, sizes.of(0, (1L << 40) + 1));
    }
}
