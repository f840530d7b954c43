package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Byte for byte the same as Linux does in software. A failure prints the sample, which says all that it takes to repeat
 * it.
 */
class KernelComparisonTest {
    private static final int SAMPLES = Integer.getInteger("ifqd.fuzz.tries", 1000) / 2;

    private static KernelEgress kernel;

    @BeforeAll
    static void open() throws IOException {
        kernel = KernelEgress.open();
    }

    @AfterAll
    static void close() {
        if (kernel != null) {
            kernel.close();
        }
    }

    @Test
    void segments() {
        JqwikSession.run(() -> samples().forEach(KernelComparisonTest::assertSameSegments));
    }

    /** Those that the kernel itself takes. */
    private static Stream<Sample> samples() {
        return new Samples()
                .samples()
                .sampleStream()
                .filter(s -> s.partial() || isSimple(s))
                .filter(s -> s.segments() > 1 || isPlain(s))
                .filter(s -> s.segments() <= KernelEgress.MOST_FRAMES)
                .limit(SAMPLES);
    }

    /**
     * Without a partial checksum the kernel refuses GSO frames that are tagged, or UDP (virtio_net_hdr_to_skb), and
     * where there is a route it sums the wrong destination.
     */
    private static boolean isSimple(Sample sample) {
        return sample.tcp() && sample.tags().isEmpty() && !sample.extensions().contains(Sample.SEGMENT_ROUTING);
    }

    /**
     * No more than one segment, also when TCP options count as data: virtio_net_hdr_to_skb counts them so, and what
     * only then is more than one is refused by tcp_gso_segment.
     */
    private static boolean isPlain(Sample sample) {
        return !sample.tcp() || sample.payload() + 4 * sample.tcpOptionWords() <= sample.gsoSize();
    }

    private static void assertSameSegments(Sample sample) {
        byte[] superframe = sample.superframe();
        List<byte[]> expected = kernel.send(sample.vnet(), superframe, sample.segments());
        Segmenter segmenter = new Segmenter();
        try (GuardedFrame in = GuardedFrame.of(sample.vnet(), superframe, 0);
                GuardedFrame out = new GuardedFrame(0xffff, 0)) {
            assertEquals(expected.size(), segmenter.begin(in.address(), superframe.length), sample::toString);
            for (int i = 0; i < expected.size(); i++) {
                byte[] ours = out.frame(segmenter.next(out.address()));
                int segment = i;
                assertArrayEquals(expected.get(i), ours, () -> "segment " + segment + " of " + sample);
            }
        }
    }

    @Test
    void checksums() {
        JqwikSession.run(() ->
                samples().filter(sample -> sample.payload() > 0).forEach(KernelComparisonTest::assertSameChecksum));
    }

    private static void assertSameChecksum(Sample sample) {
        byte[] vnet = sample.vnet();
        vnet[1] = 0; // no superframe, only long
        byte[] frame = sample.superframe();
        byte[] expected = kernel.send(vnet, frame, 1).getFirst();
        try (GuardedFrame ours = GuardedFrame.of(vnet, frame, 0)) {
            assertTrue(new PartialChecksum().finish(ours.address(), frame.length), sample::toString);
            assertArrayEquals(expected, ours.frame(), sample::toString);
        }
    }
}
