package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.ifqd.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VlanTagTest {
    @Test
    void allFormsAreRead() {
        assertEquals(new VlanTag(0x8100, 100), VlanTag.parse("802.1q:100"));
        assertEquals(new VlanTag(0x8100, 0), VlanTag.parse("802.1Q:0"));
        assertEquals(new VlanTag(0x88a8, 5 << 13 | 4095), VlanTag.parse("802.1ad:4095:5"));
        assertEquals(new VlanTag(0x9100, 7 << 13 | 1 << 12 | 1), VlanTag.parse("0x9100:1:7:1"));
    }

    @Test
    void textIsReadBack() {
        for (String text : new String[] {"802.1q:100:5", "802.1ad:0:7:1", "0x9200:4095:0"}) {
            assertEquals(text, VlanTag.parse(text).toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "100", "802.1q", "802.1q:", "802.1q:4096", "802.1q:1:8", "802.1q:1:1:2", "0x81:1", "802.1x:1"
            })
    void othersAreRefused(String text) {
        assertThrows(ConfigException.class, () -> VlanTag.parse(text));
    }
}
