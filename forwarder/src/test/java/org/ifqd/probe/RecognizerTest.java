package org.ifqd.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecognizerTest {
    private static final Set<Verdict> DAMAGED =
            Set.of(Verdict.WRONG_ADDRESSES, Verdict.WRONG_TAGS, Verdict.WRONG_CONTENT);
    private static final int PAYLOAD_BYTES = 40;

    private static ProbeStream stream(int id, String... tags) {
        return ProbeStream.of(id, 0, 0, Stream.of(tags).map(VlanTag::parse).toList());
    }

    private static byte[] frame(ProbeStream stream) {
        int bytes = stream.smallestFrame() + PAYLOAD_BYTES;
        FrameWriter writer = new FrameWriter(stream, bytes, 1, false);
        writer.write(3, 77, bytes, 123_456_789_012_345L);
        byte[] frame = new byte[bytes];
        writer.frame().get(0, frame);
        return frame;
    }

    private static Verdict look(ProbeStream stream, byte[] frame) {
        return new Recognizer(stream).look(ByteBuffer.allocate(2000).put(0, frame), frame.length);
    }

    private static byte[] without(byte[] frame, int at, int bytes) {
        byte[] shorter = new byte[frame.length - bytes];
        System.arraycopy(frame, 0, shorter, 0, at);
        System.arraycopy(frame, at + bytes, shorter, at, shorter.length - at);
        return shorter;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "802.1q:7", "802.1ad:5:1,802.1q:0"})
    void everyFlippedBitIsDamageInItsPlace(String tags) {
        ProbeStream stream = stream(1, tags.isEmpty() ? new String[0] : tags.split(","));
        byte[] frame = frame(stream);
        assertEquals(Verdict.INTACT, look(stream, frame));
        for (int bit = 0; bit < frame.length * 8; bit++) {
            frame[bit / 8] ^= (byte) (1 << bit % 8);
            int at = bit / 8;
            Verdict expected = at < 12
                    ? Verdict.WRONG_ADDRESSES
                    : at < stream.ipOffset() - 2 ? Verdict.WRONG_TAGS : Verdict.WRONG_CONTENT;
            assertEquals(expected, look(stream, frame), "bit " + bit);
            frame[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void everyWrongLengthIsDamage() {
        ProbeStream stream = stream(1);
        byte[] frame = frame(stream);
        for (int bytes = stream.ipOffset() + ProbeFrame.UDP; bytes < frame.length + 20; bytes++) {
            Verdict verdict = look(stream, java.util.Arrays.copyOf(frame, bytes));
            assertTrue(bytes == frame.length ? verdict == Verdict.INTACT : DAMAGED.contains(verdict), "bytes " + bytes);
        }
    }

    @Test
    void lostAndAddedTagsAreWrongTags() {
        ProbeStream two = stream(1, "802.1ad:5", "802.1q:6");
        assertEquals(Verdict.WRONG_TAGS, look(two, without(frame(two), 12, 4)));
        assertEquals(Verdict.WRONG_TAGS, look(two, without(frame(two), 16, 4)));
        assertEquals(Verdict.WRONG_TAGS, look(two, without(frame(two), 12, 8)));
        assertEquals(Verdict.WRONG_TAGS, look(stream(1), frame(two)));
        assertEquals(Verdict.WRONG_TAGS, look(stream(1, "802.1q:5"), frame(stream(1, "802.1q:6"))));
    }

    @Test
    void otherRunsAreForeign() {
        byte[] frame = frame(stream(1));
        assertEquals(Verdict.FOREIGN, look(stream(2), frame));
        ProbeStream sameAddresses =
                ProbeStream.of(2, stream(1).sourceMac(), stream(1).destinationMac(), List.of());
        assertEquals(Verdict.FOREIGN, look(sameAddresses, frame));
        ProbeStream tagged = ProbeStream.of(
                2, stream(1).sourceMac(), stream(1).destinationMac(), List.of(VlanTag.parse("802.1q:5")));
        assertEquals(Verdict.FOREIGN, look(tagged, frame));
        assertEquals(Verdict.FOREIGN, look(stream(1).reversed(), frame), "the other direction");
        assertEquals(Verdict.FOREIGN, look(stream(1), new byte[0]));
        assertEquals(Verdict.FOREIGN, look(stream(1), new byte[60]));
    }

    @Test
    void warmUpIsKnown() {
        ProbeStream stream = stream(9, "802.1q:5");
        assertEquals(Verdict.WARM_UP, look(stream, frame(stream.warmUp())));
    }

    @Test
    void payloadsDiffer() {
        ProbeStream stream = stream(1);
        FrameWriter writer = new FrameWriter(stream, 1514, 5, false);
        writer.write(0, 0, 1514, 0);
        byte[] first = new byte[1400];
        writer.frame().get(100, first);
        writer.write(0, 1, 1514, 0);
        byte[] second = new byte[1400];
        writer.frame().get(100, second);
        assertNotEquals(ByteBuffer.wrap(first), ByteBuffer.wrap(second));
    }
}
