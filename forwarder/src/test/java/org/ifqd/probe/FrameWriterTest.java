package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
    private static final int SIZE = 200;

    private final ProbeStream stream =
            ProbeStream.of(0x1234, 0x021122334455L, 0x0266778899aaL, List.of(VlanTag.parse("802.1q:100:5")));
    private final FrameWriter writer = new FrameWriter(stream, SIZE, 1, false);
    private final ByteBuffer frame = writer.frame();

    @Test
    void headersAreAsStated() {
        writer.write(40_000, -2, SIZE, 0x1122_3344_5566_7788L);
        assertEquals(0x0266778899aa0211L, frame.getLong(0));
        assertEquals(0x22334455, frame.getInt(8));
        assertEquals(0x8100_a064, frame.getInt(12));
        assertEquals(0x0800, frame.getShort(16));
        assertEquals(SIZE - 18, frame.getShort(20));
        assertEquals(198 << 24 | 18 << 16 | 40_000, frame.getInt(30));
        assertEquals(198 << 24 | 19 << 16 | 1, frame.getInt(34));
        assertEquals(SIZE - 38, frame.getShort(42));
        assertEquals(0, frame.getShort(44), "no UDP checksum");
        assertEquals(0x1234, frame.getShort(46));
        assertEquals((short) 40_000, frame.getShort(48));
        assertEquals(-2, frame.getInt(50));
        assertEquals(0x3344_5566_7788L, frame.getLong(52) & 0xffff_ffff_ffffL, "time");
    }

    @Test
    void ipChecksumIsRightForAllSizesAndFlows() {
        for (int size = stream.smallestFrame(); size <= SIZE; size++) {
            for (int flow : new int[] {0, 1, 255, 16_383, 16_384, 65_535}) {
                writer.write(flow, 1, size, 0);
                int sum = 0;
                for (int at = 18; at < 38; at += 2) {
                    sum += frame.getShort(at) & 0xffff;
                }
                assertEquals(0xffff, (sum & 0xffff) + (sum >>> 16), "size " + size + " flow " + flow);
            }
        }
    }

    @Test
    void crcIsOverAllButItself() {
        writer.write(1, 2, SIZE, 3);
        byte[] bytes = new byte[SIZE];
        frame.get(0, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        crc.update(bytes, 64, SIZE - 64);
        assertEquals((int) crc.getValue(), frame.getInt(60));
    }

    @Test
    void agesAreDifferencesOf48BitTimes() {
        long now = (1L << 48) * 5 + 100; // the low 48 bits have just wrapped
        writer.write(0, 0, SIZE, now - 300);
        assertEquals(300, ProbeFrame.ageNs(frame, 18, now));
        assertEquals(-700, ProbeFrame.ageNs(frame, 18, now - 1000));
    }
}
