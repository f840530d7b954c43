package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.ifqd.linux.Memory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VLAN tags: the kernel takes the outer one out of the frame, we put it back. */
class RestoredTagTest {
    private static RingPair pair;

    @BeforeAll
    static void open() throws InterruptedException {
        pair = RingPair.ordinary();
    }

    @AfterAll
    static void close() {
        if (pair != null) {
            pair.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "802.1Q VID 5,                8100 0005",
        "802.1Q VID 4095 PCP 7 DEI,   8100 ffff",
        "802.1Q PCP 3 VID 1,          8100 6001",
        "802.1Q DEI VID 2,            8100 1002",
        "priority tag: VID 0 PCP 6,   8100 c000",
        "priority tag: all zero,      8100 0000",
        "802.1ad,                     88a8 2064",
        "QinQ 802.1ad over 802.1Q,    88a8 0064 8100 a00a",
        "QinQ 802.1Q twice,           8100 0064 8100 0065",
        "three tags,                  88a8 0001 8100 0002 8100 0003"
    })
    void tagIsBackInPlace(String name, String tags) {
        byte[] tag = HexFormat.of().parseHex(tags.replace(" ", ""));
        for (int bytes : new int[] {60, 61, 1500, 1514}) {
            byte[] sent = tagged(tag, bytes);
            pair.put(sent);
            assertEquals(0, pair.txRing.kick());
            pair.awaitBlock();
            long header = pair.rxRing.firstPlace();
            assertTrue(ReceivedFrame.hasStrippedTag(header));
            assertFalse(ReceivedFrame.isTruncated(header));
            assertEquals(sent.length - 4, ReceivedFrame.capturedBytes(header));
            assertArrayEquals(sent, RingPair.framesOf(pair.rxRing).getFirst());
            pair.giveBackCurrent();
        }
    }

    /** The tag is on top of the MTU: 1518 bytes; more tags than that no driver has to take. */
    private static byte[] tagged(byte[] tag, int bytes) {
        byte[] frame = RingPair.frame(new Random(bytes), Math.min(bytes + 4, 1518));
        System.arraycopy(tag, 0, frame, 12, tag.length);
        frame[12 + tag.length] = (byte) 0x88;
        frame[13 + tag.length] = (byte) 0xb5;
        return frame;
    }

    @Test
    void aFrameWithoutTagIsLeftAlone() {
        byte[] sent = RingPair.frame(new Random(1), 60);
        pair.put(sent);
        assertEquals(0, pair.txRing.kick());
        pair.awaitBlock();
        assertFalse(ReceivedFrame.hasStrippedTag(pair.rxRing.firstPlace()));
        assertArrayEquals(sent, RingPair.framesOf(pair.rxRing).getFirst());
        pair.giveBackCurrent();
    }

    private long firstSlot() {
        pair.awaitBlock();
        return pair.rxRing.firstPlace();
    }

    /** The checksum of a frame is counted from its first byte, so it moves with the tag; so does the linear part. */
    @Test
    void checksumStartMovesWithTheTag() {
        byte[] sent = tagged(HexFormat.of().parseHex("81000007"), 100);
        pair.put(sent);
        assertEquals(0, pair.txRing.kick());
        long header = firstSlot();
        long vnet = ReceivedFrame.mac(header) - VnetHeader.BYTES;
        byte[] before = {VnetHeader.NEEDS_CSUM, 0, 54, 0, 0, 0, 34, 0, 16, 0};
        for (int i = 0; i < before.length; i++) {
            Memory.putByte(vnet + i, before[i]);
        }
        long mac = ReceivedFrame.restoreTag(header);
        byte[] after = Memory.segment(mac - VnetHeader.BYTES, VnetHeader.BYTES)
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        byte[] expected = Arrays.copyOf(before, before.length);
        expected[VnetHeader.HDR_LEN] += 4;
        expected[VnetHeader.CSUM_START] += 4;
        assertArrayEquals(expected, after);
        assertArrayEquals(sent, Memory.segment(mac, sent.length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        pair.giveBackCurrent();
    }
}
