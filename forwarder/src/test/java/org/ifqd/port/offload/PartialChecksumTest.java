package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

@Domain(Samples.class)
@Domain(DomainContext.Global.class)
class PartialChecksumTest {
    private static final byte[] NOTHING_ASKED = new byte[10];

    @Property
    void asIfTheSenderHadFinishedIt(@ForAll Sample sample) {
        Sample plain = oneSegment(sample);
        byte[] vnet = plain.vnet();
        vnet[1] = 0; // no superframe
        try (GuardedFrame frame = GuardedFrame.of(vnet, plain.superframe(), 0xa5)) {
            byte[] expected = plain.finished();
            assertTrue(new PartialChecksum().finish(frame.address(), expected.length));
            assertArrayEquals(expected, frame.frame());
            assertFalse((frame.vnet()[0] & 1) != 0);
            frame.assertGuarded();
        }
    }

    private static Sample oneSegment(Sample s) {
        return new Sample(
                s.tags(),
                s.ipv6(),
                s.tcp(),
                s.optionWords(),
                s.extensions(),
                s.tcpOptionWords(),
                s.flags(),
                s.id(),
                s.sequence(),
                s.payload(),
                Math.max(1, s.payload()),
                s.partial(),
                s.seed());
    }

    /**
     * Any start and offset: the field is written if it lies in the frame behind the Ethernet header, and else nothing
     * is.
     */
    @Property
    void writesTheFieldOrNothing(
            @ForAll @IntRange(min = 0, max = 0xffff) int anyStart,
            @ForAll @IntRange(min = 0, max = 0xffff) int anyOffset,
            @ForAll boolean near,
            @ForAll @IntRange(min = 0, max = 300) int length,
            @ForAll long seed) {
        int start = near ? anyStart % 320 : anyStart;
        int offset = near ? anyOffset % 40 : anyOffset;
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        try (GuardedFrame frame = GuardedFrame.of(vnet(0, start, offset), bytes, 0x5a)) {
            boolean fits = start >= 14 && start + offset + 2 <= length;
            assertEquals(fits, new PartialChecksum().finish(frame.address(), length));
            if (fits) {
                int sum = ~NaiveChecksum.sum(bytes, start, length - start, 0) & 0xffff;
                ByteBuffer.wrap(bytes).putShort(start + offset, (short) (sum == 0 ? 0xffff : sum));
            }
            assertArrayEquals(bytes, frame.frame());
            assertArrayEquals(fits ? NOTHING_ASKED : vnet(0, start, offset), frame.vnet());
            frame.assertGuarded();
        }
    }

    @Example
    void zeroIsStoredAsOnes() {
        byte[] bytes = new byte[40];
        bytes[20] = (byte) 0xff;
        bytes[21] = (byte) 0xff;
        try (GuardedFrame frame = GuardedFrame.of(vnet(0, 14, 6), bytes, 0)) { // the field is what makes it zero
            assertTrue(new PartialChecksum().finish(frame.address(), bytes.length));
            assertArrayEquals(bytes, frame.frame());
        }
    }

    @Example
    void leavesSuperframesAndFinishedFramesAlone() {
        byte[] bytes = new byte[40];
        try (GuardedFrame superframe = GuardedFrame.of(vnet(1, 14, 6), bytes, 0);
                GuardedFrame finished = GuardedFrame.of(NOTHING_ASKED, bytes, 0)) {
            assertFalse(new PartialChecksum().finish(superframe.address(), bytes.length));
            assertTrue(new PartialChecksum().finish(finished.address(), bytes.length));
            assertArrayEquals(bytes, superframe.frame());
            assertArrayEquals(bytes, finished.frame());
            assertArrayEquals(vnet(1, 14, 6), superframe.vnet());
        }
    }

    private static byte[] vnet(int gsoType, int start, int offset) {
        ByteBuffer vnet = ByteBuffer.allocate(10).order(ByteOrder.nativeOrder());
        return vnet.put((byte) 1)
                .put((byte) gsoType)
                .putShort(6, (short) start)
                .putShort(8, (short) offset)
                .array();
    }
}
