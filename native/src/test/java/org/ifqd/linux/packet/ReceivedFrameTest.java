package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.ifqd.linux.Memory;
import org.junit.jupiter.api.Test;

/**
 * Tags put back into frames with random metadata. {@code -Difqd.seed=S} repeats, {@code -Difqd.fuzz.tries=N} for more.
 */
class ReceivedFrameTest {
    private static final int TRIES = Integer.getInteger("ifqd.fuzz.tries", 1000) * 10;
    private static final int MAC = PacketLayouts.TPACKET3_BYTES + 20 + ReceivedFrame.RESERVE_BYTES + VnetHeader.BYTES;
    private static final int VNET = MAC - VnetHeader.BYTES;

    @Test
    void anyTagIsPutBackAndNothingElseChanges() {
        long seed = Long.getLong("ifqd.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < TRIES; round++) {
            byte[] before = new byte[MAC + 14 + random.nextInt(100)];
            random.nextBytes(before);
            ByteBuffer header = ByteBuffer.wrap(before).order(ByteOrder.nativeOrder());
            header.putShort(PacketLayouts.TPACKET3_MAC, (short) MAC);
            if (random.nextBoolean()) {
                header.putShort(VNET + VnetHeader.HDR_LEN, (short) 0);
            }
            assertTagged(before, "-Difqd.seed=" + seed + " round " + round);
        }
    }

    private static void assertTagged(byte[] before, String where) {
        byte[] expected = expected(before);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, before);
            boolean tagged = ReceivedFrame.hasStrippedTag(memory.address());
            assertEquals((status(before) & 1 << 4) != 0, tagged, where);
            assertEquals(memory.address() + MAC - 4, ReceivedFrame.restoreTag(memory.address()), where);
            assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE), where);
        }
    }

    /** The memory after the tag was put back, worked out on the array. */
    private static byte[] expected(byte[] before) {
        byte[] after = before.clone();
        ByteBuffer header = ByteBuffer.wrap(after).order(ByteOrder.nativeOrder());
        System.arraycopy(before, VNET, after, VNET - 4, VnetHeader.BYTES + 12);
        int tpid = (status(before) & 1 << 6) != 0 ? header.getShort(PacketLayouts.TPACKET3_VLAN_TPID) : 0x8100;
        int tci = header.getInt(PacketLayouts.TPACKET3_VLAN_TCI);
        byte[] tag = {(byte) (tpid >>> 8), (byte) tpid, (byte) (tci >>> 8), (byte) tci};
        System.arraycopy(tag, 0, after, MAC + 8, 4);
        if ((before[VNET] & 1) != 0) {
            header.putShort(VNET - 4 + 6, (short) (header.getShort(VNET - 4 + 6) + 4));
        }
        if (header.getShort(VNET - 4 + 2) != 0) {
            header.putShort(VNET - 4 + 2, (short) (header.getShort(VNET - 4 + 2) + 4));
        }
        assertArrayEquals(Arrays.copyOf(before, VNET - 4), Arrays.copyOf(after, VNET - 4));
        return after;
    }

    private static int status(byte[] header) {
        return ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).getInt(PacketLayouts.TPACKET3_STATUS);
    }

    /** What the kernel writes last decides: before that the stamp may still be 0. */
    @Test
    void aFrameIsCompleteWhenItsAddressIs() {
        try (Arena arena = Arena.ofConfined()) {
            long header = arena.allocate(128, 16).address();
            Memory.putInt(header + PacketLayouts.TPACKET3_STATUS, PacketConstants.TP_STATUS_USER);
            Memory.putInt(header + PacketLayouts.TPACKET3_SNAPLEN, 60);
            Memory.putInt(header + PacketLayouts.TPACKET3_LEN, 60);
            Memory.putShort(header + PacketLayouts.TPACKET3_MAC, MAC);
            assertFalse(ReceivedFrame.isComplete(header));
            Memory.putShort(header + PacketLayouts.TPACKET3_FAMILY, PacketConstants.AF_PACKET);
            assertTrue(ReceivedFrame.isComplete(header));
        }
    }
}
