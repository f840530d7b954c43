package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples written out by hand, and what is refused. */
class SegmenterTest {
    private static final int GSO_TYPE = 1;
    private static final int GSO_SIZE = 4;
    private static final int IP = 14;

    private final Segmenter segmenter = new Segmenter();

    /** 192.0.2.1:1000 to 192.0.2.2:2000, ABCDEFGH IJKLMNOP Q, FIN PSH ACK and CWR; checksums worked out with Python. */
    @Test
    void tcpOverIpv4() {
        String ethernet = "020000000002" + "020000000001" + "0800";
        String addresses = "c0000201" + "c0000202";
        String ports = "03e8" + "07d0";
        byte[] frame = hex(ethernet + "45000039ffff400040060000" + addresses + ports + "fffffff800000001" + "5099"
                + "0200" + "00000000" + "4142434445464748494a4b4c4d4e4f5051");
        byte[] vnet = vnet(1 | 0x80, 8);
        assertSegments(
                vnet,
                frame,
                ethernet + "45000030ffff40004006b6c4" + addresses + ports + "fffffff800000001" + "5090" + "0200"
                        + "0c82" + "0000" + "4142434445464748",
                ethernet + "45000030000040004006b6c4" + addresses + ports + "0000000000000001" + "5010" + "0200"
                        + "ecda" + "0000" + "494a4b4c4d4e4f50",
                ethernet + "45000029000140004006b6ca" + addresses + ports + "0000000800000001" + "5019" + "0200"
                        + "cd05" + "0000" + "51");
    }

    private static byte[] vnet(int type, int gsoSize) {
        byte[] vnet = new byte[10];
        vnet[GSO_TYPE] = (byte) type;
        size(vnet, gsoSize);
        return vnet;
    }

    private static void size(byte[] vnet, int gsoSize) {
        ByteBuffer.wrap(vnet).order(ByteOrder.nativeOrder()).putShort(GSO_SIZE, (short) gsoSize);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private void assertSegments(byte[] vnet, byte[] frame, String... expected) {
        try (GuardedFrame in = GuardedFrame.of(vnet, frame, 0);
                GuardedFrame out = new GuardedFrame(frame.length, 0)) {
            assertEquals(expected.length, segmenter.begin(in.address(), frame.length));
            for (String segment : expected) {
                assertEquals(segment, HexFormat.of().formatHex(out.frame(segmenter.next(out.address()))));
            }
        }
    }

    /** A GSO frame that is good but for one thing. */
    @ParameterizedTest
    @CsvSource({
        "-1, 4, 7, less than a TCP segment ever has",
        "-2, 6, 35, the checksum starts elsewhere",
        "-2, 1, 4, IPv6 it is not",
        "-2, 1, 3, UFO",
        "-2, 1, 5, UDP it is not",
        "-2, 1, 2, no such kind",
        "-2, 1, 0x20, UDP tunnel",
    })
    void refusesByVnetHeader(int answer, int at, String value, String why) {
        assertAnswer(
                answer,
                sample(false, List.of()),
                vnet -> vnet[at] = (byte) (int) Integer.decode(value),
                frame -> {},
                why);
    }

    @ParameterizedTest
    @CsvSource({
        "-2, 12, 0x88, some EtherType",
        "-1, 14, 0x55, version 5",
        "-1, 14, 0x44, header of 16 bytes",
        "-1, 20, 0x20, more fragments",
        "-1, 21, 0x01, a later fragment",
        "-2, 23, 17, UDP where TCP was announced",
        "-1, 23, 47, GRE where the checksum begins",
        "-1, 46, 0x40, TCP header of 16 bytes",
    })
    void refusesByHeader(int answer, int at, String value, String why) {
        assertAnswer(
                answer,
                sample(false, List.of()),
                vnet -> {},
                frame -> frame[at] = (byte) (int) Integer.decode(value),
                why);
    }

    @Test
    void refusesIpv6ThatItCannotRepeat() {
        int extension = IP + 40;
        Sample options = sample(true, List.of(0));
        assertAnswer(-2, options, vnet -> {}, frame -> frame[extension + 2] = (byte) 0xc2, "jumbogram");
        assertAnswer(-2, options, vnet -> {}, frame -> frame[extension + 2] = (byte) 0xc9, "home address");
        assertAnswer(-1, options, vnet -> {}, frame -> frame[extension + 1] = (byte) 0xff, "longer than the frame");
        assertAnswer(-1, options, vnet -> {}, frame -> frame[extension] = 44, "fragment where the checksum begins");
        Sample route = sample(true, List.of(43));
        assertAnswer(
                -2, route, vnet -> {}, frame -> frame[extension + 3] = 1, "a route too short for its segments left");
        assertAnswer(-1, route, vnet -> {}, frame -> frame[IP] = 0x45, "version 4");
    }

    @Test
    void refusesSourceRoutes() {
        Sample sample = new Sample(List.of(), false, true, 2, List.of(), 0, 16, 1, 1, 500, 100, true, 1);
        assertAnswer(5, sample, vnet -> {}, frame -> {}, "time stamp");
        assertAnswer(-2, sample, vnet -> {}, frame -> frame[IP + 20] = (byte) 131, "loose source route");
        assertAnswer(-2, sample, vnet -> {}, frame -> System.arraycopy(hex("010189"), 0, frame, IP + 20, 3), "strict");
    }

    @Test
    void cutsUnderThreeTags() {
        assertAnswer(
                5,
                new Sample(List.of(0x88a8, 0x8100, 0x8100), false, true, 0, List.of(), 0, 16, 1, 1, 500, 100, true, 1),
                vnet -> {},
                frame -> {},
                "three tags");
    }

    @Test
    void refusesMoreUdpSegmentsThanTheKernel() {
        Sample most = new Sample(List.of(), false, false, 0, List.of(), 0, 0, 1, 1, 1280, 10, true, 1);
        assertAnswer(128, most, vnet -> {}, frame -> {}, "128 segments");
        assertAnswer(-1, most, vnet -> size(vnet, 9), frame -> {}, "143 segments");
    }

    @Test
    void refusesSegmentsBeyondTheLengthField() {
        Sample sample = new Sample(List.of(), false, true, 0, List.of(), 0, 16, 1, 1, 70_000, 65_495, true, 1);
        assertAnswer(2, sample, vnet -> {}, frame -> {}, "65535 bytes");
        assertAnswer(-1, sample, vnet -> size(vnet, 65_496), frame -> {}, "65536 bytes");
    }

    @Test
    void whatWasRefusedGivesNothing() {
        assertAnswer(5, sample(false, List.of()), vnet -> {}, frame -> {}, "good");
        assertAnswer(-1, sample(false, List.of()), vnet -> size(vnet, 0), frame -> {}, "no size");
        assertEquals(0, segmenter.remaining());
        assertEquals(0, segmenter.next(0));
    }

    /** Behind the cut lies what would be a source route, if it were read. */
    @Test
    void everyCutIsMalformed() {
        List<Integer> extensions = List.of(0, Sample.SEGMENT_ROUTING);
        for (boolean ipv6 : new boolean[] {false, true}) {
            Sample sample = new Sample(List.of(0x8100), ipv6, true, 10, extensions, 10, 16, 1, 1, 500, 100, false, 1);
            byte[] whole = sample.superframe();
            for (int length = 0; length < sample.headerBytes(); length++) {
                try (GuardedFrame in = GuardedFrame.of(sample.vnet(), Arrays.copyOf(whole, length), 131)) {
                    assertEquals(Segmenter.MALFORMED, segmenter.begin(in.address(), length), length + " bytes");
                }
            }
        }
    }

    @Test
    void allocatesNothing() {
        Sample sample = sample(false, List.of());
        byte[] superframe = sample.superframe();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (GuardedFrame in = GuardedFrame.of(sample.vnet(), superframe, 0);
                GuardedFrame out = new GuardedFrame(superframe.length, 0)) {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20 && least > 0; round++) { // until compiled
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) {
                    segmenter.begin(in.address(), superframe.length);
                    while (segmenter.remaining() > 0) {
                        segmenter.next(out.address());
                    }
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least);
            assertArrayEquals(superframe, in.frame());
        }
    }

    private static Sample sample(boolean ipv6, List<Integer> extensions) {
        return new Sample(List.of(), ipv6, true, 0, extensions, 0, 16, 1, 1, 500, 100, true, 1);
    }

    private void assertAnswer(
            int answer, Sample sample, Consumer<byte[]> changeVnet, Consumer<byte[]> changeFrame, String why) {
        byte[] vnet = sample.vnet();
        byte[] frame = sample.superframe();
        changeVnet.accept(vnet);
        changeFrame.accept(frame);
        try (GuardedFrame in = GuardedFrame.of(vnet, frame, 0)) {
            assertEquals(answer, segmenter.begin(in.address(), frame.length), why);
        }
    }
}
