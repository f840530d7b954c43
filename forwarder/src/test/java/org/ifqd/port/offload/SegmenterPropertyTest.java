package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/**
 * Segments against a reference, and hostile headers. {@code -Difqd.fuzz.tries=N}, or {@code scripts/fuzz}, for more.
 */
@Domain(Samples.class)
@Domain(DomainContext.Global.class)
class SegmenterPropertyTest {
    private static final byte[] NOTHING_ASKED = new byte[10];

    private final Segmenter segmenter = new Segmenter();

    @Property
    void segmentsAreWhatASenderWithoutOffloadsSends(@ForAll Sample sample) {
        byte[] superframe = sample.superframe();
        byte[] data = sample.bytes();
        try (GuardedFrame in = GuardedFrame.of(sample.vnet(), superframe, 0xa5);
                GuardedFrame out = new GuardedFrame(sample.headerBytes() + sample.gsoSize(), 0x5a)) {
            int segments = segmenter.begin(in.address(), superframe.length);
            assertEquals(sample.segments(), segments);
            int longest = segmenter.longestSegment();
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int i = 0; i < segments; i++) {
                byte[] expected = sample.segment(i, data);
                assertTrue(expected.length <= longest);
                assertEquals(segments - i, segmenter.remaining());
                assertArrayEquals(expected, writeNext(out), "segment " + i);
                payload.write(expected, sample.headerBytes(), expected.length - sample.headerBytes());
            }
            assertEquals(sample.segment(0, data).length, longest);
            assertArrayEquals(data, payload.toByteArray());
            assertEquals(0, segmenter.remaining());
            assertEquals(0, segmenter.next(0), "nothing left, nothing written");
            assertArrayEquals(superframe, in.frame(), "the superframe is only read");
            assertArrayEquals(sample.vnet(), in.vnet());
            in.assertGuarded();
        }
    }

    private byte[] writeNext(GuardedFrame out) {
        out.reset();
        int bytes = segmenter.next(out.address());
        out.assertGuarded(bytes);
        assertArrayEquals(NOTHING_ASKED, out.vnet());
        return out.frame(bytes);
    }

    /**
     * A good GSO frame with some bytes of vnet header and headers changed, and cut anywhere: whatever is answered, it
     * does not depend on what lies around the frame, nothing there is changed, and segments are not longer than
     * promised.
     */
    @Property
    void hostileHeadersDoNoHarm(
            @ForAll Sample sample,
            @ForAll @Size(max = 6) List<@IntRange(min = 0, max = 0x7fff) Integer> places,
            @ForAll @IntRange(min = 0, max = 255) int value,
            @ForAll @IntRange(min = 0, max = 3000) int length) {
        byte[] vnet = sample.vnet();
        byte[] whole = sample.superframe();
        for (int place : places) {
            int at = place >>> 8 & 0x7f;
            int changed = place & 1; // often the special values, else any
            byte to = (byte) (changed == 0 ? value : value < 128 ? 0 : 0xff);
            if (at < 10) {
                vnet[at] = to;
            } else {
                whole[(place >>> 4) % sample.headerBytes()] = to;
            }
        }
        byte[] frame = Arrays.copyOf(whole, Math.min(whole.length, length));
        List<byte[]> one = segments(vnet, frame, 0x00);
        List<byte[]> other = segments(vnet, frame, 131); // a source route, for who reads it as an option
        assertEquals(one.size(), other.size());
        for (int i = 0; i < one.size(); i++) {
            assertArrayEquals(one.get(i), other.get(i), "segment " + i);
        }
    }

    private List<byte[]> segments(byte[] vnet, byte[] frame, int guard) {
        List<byte[]> written = new ArrayList<>();
        try (GuardedFrame in = GuardedFrame.of(vnet, frame, guard);
                GuardedFrame out = new GuardedFrame(frame.length, 0x5a)) {
            int segments = segmenter.begin(in.address(), frame.length);
            written.add(new byte[] {(byte) segments});
            for (int i = 0; i < segments; i++) {
                assertTrue(segmenter.longestSegment() <= frame.length);
                written.add(writeNext(out));
                assertTrue(written.getLast().length <= segmenter.longestSegment());
            }
            assertEquals(0, segmenter.next(0));
            assertArrayEquals(frame, in.frame());
            in.assertGuarded();
        }
        return written;
    }
}
