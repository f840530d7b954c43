package org.ifqd.port.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ifqd.linux.packet.VnetHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TCP and UDP GSO frames within other headers: each segment is what the sender of the tunnel would have sent, worked
 * out here from the inside out. {@code -Difqd.seed=S} repeats the mutations.
 */
class TunnelTest {
    private static final int MUTATIONS = 1_000_000;
    private static final HexFormat HEX = HexFormat.of();

    private final Segmenter segmenter = new Segmenter();

    /** One header around a payload. */
    private interface Layer {
        /** @param i number of the segment */
        byte[] around(byte[] inner, int i);
    }

    /** Around a frame, or around its packet where {@code ip}. */
    private record Tunnel(String name, boolean ip, boolean inV6, List<Layer> layers) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] join(byte[] header, byte[] inner) {
        byte[] all = Arrays.copyOf(header, header.length + inner.length);
        System.arraycopy(inner, 0, all, header.length, inner.length);
        return all;
    }

    private static Layer plain(String hex) {
        return (inner, i) -> join(HEX.parseHex(hex.replace(" ", "")), inner);
    }

    private static Layer ethernet(String type) {
        return plain("02000000000102000000000281000064" + type);
    }

    private static Layer ipv4(int protocol, int id) {
        return (inner, i) -> {
            byte[] header = HEX.parseHex(
                    "45000000000000004000000000c6120901c6120902".substring(0, 16) + "40000000c6120901c6120902");
            ByteBuffer at = ByteBuffer.wrap(header);
            at.putShort(2, (short) (20 + inner.length))
                    .putShort(4, (short) (id + i))
                    .put(9, (byte) protocol);
            at.putShort(10, (short) ~NaiveChecksum.sum(header, 0, 20, 0));
            return join(header, inner);
        };
    }

    private static Layer ipv6(int protocol) {
        return (inner, i) -> {
            byte[] header = new byte[40];
            new Random(6).nextBytes(header);
            ByteBuffer at = ByteBuffer.wrap(header);
            at.put(0, (byte) 0x60).putShort(4, (short) inner.length).put(6, (byte) protocol);
            return join(header, inner);
        };
    }

    /** @param checksum whether there is one, over IPv4 198.18.9.1 to .2 */
    private static Layer udp(int port, boolean checksum) {
        return (inner, i) -> {
            ByteBuffer header = ByteBuffer.allocate(8);
            header.putShort((short) 50000)
                    .putShort((short) port)
                    .putShort((short) (8 + inner.length))
                    .putShort((short) 0);
            byte[] all = join(header.array(), inner);
            if (checksum) {
                int sum = NaiveChecksum.sum(HEX.parseHex("c6120901c612090200110000"), 0, 12, all.length);
                int value = ~NaiveChecksum.sum(all, 0, all.length, sum) & 0xffff;
                ByteBuffer.wrap(all).putShort(6, (short) (value == 0 ? 0xffff : value));
            }
            return all;
        };
    }

    private static Layer greWithChecksum() {
        return (inner, i) -> {
            byte[] all = join(HEX.parseHex("a00008000000000000001234"), inner);
            ByteBuffer.wrap(all).putShort(4, (short) ~NaiveChecksum.sum(all, 0, all.length, 0));
            return all;
        };
    }

    private static Layer pppoe(String protocol) {
        return (inner, i) -> {
            byte[] all = join(HEX.parseHex("110000010000" + protocol), inner);
            ByteBuffer.wrap(all).putShort(4, (short) (all.length - 6));
            return all;
        };
    }

    private static Layer llc() {
        return (inner, i) -> {
            byte[] all = join(HEX.parseHex("0200000000010200000000020000aaaa030000000800"), inner);
            int length = all.length - 14; // of a superframe it does not fit: from 0600h on it would be an EtherType
            ByteBuffer.wrap(all).putShort(12, (short) (length < 0x600 ? length : 1000));
            return all;
        };
    }

    static Stream<Tunnel> tunnels() {
        Layer eth = ethernet("0800");
        String vxlan = "0800000000000700";
        return Stream.of(
                new Tunnel("VXLAN", false, false, List.of(plain(vxlan), udp(4789, false), ipv4(17, 7), eth)),
                new Tunnel(
                        "VXLAN with checksum", false, true, List.of(plain(vxlan), udp(9999, true), ipv4(17, 7), eth)),
                new Tunnel(
                        "VXLAN over IPv6",
                        false,
                        false,
                        List.of(plain(vxlan), udp(4789, false), ipv6(17), ethernet("86dd"))),
                new Tunnel(
                        "Geneve, one option",
                        false,
                        true,
                        List.of(
                                plain("0100655800000700 0101000000000000"
                                        .replace(" ", "")
                                        .substring(0, 24)),
                                udp(6081, true),
                                ipv4(17, 0xffff),
                                eth)),
                new Tunnel("GRE", true, false, List.of(plain("00000800"), ipv4(47, 1), eth)),
                new Tunnel("GRE, key, IPv6 inside", true, true, List.of(plain("200086dd00000001"), ipv4(47, 1), eth)),
                new Tunnel("GRE, key and checksum", true, false, List.of(greWithChecksum(), ipv4(47, 1), eth)),
                new Tunnel("gretap", false, true, List.of(plain("00006558"), ipv6(47), ethernet("86dd"))),
                new Tunnel("IPIP", true, false, List.of(ipv4(4, 3), eth)),
                new Tunnel("SIT", true, true, List.of(ipv4(41, 3), eth)),
                new Tunnel("4in6", true, false, List.of(ipv6(4), ethernet("86dd"))),
                new Tunnel("IP6IP6", true, true, List.of(ipv6(41), ethernet("86dd"))),
                new Tunnel("FOU", true, false, List.of(udp(5555, true), ipv4(17, 3), eth)),
                new Tunnel("GUE", true, false, List.of(plain("00040000"), udp(6080, true), ipv4(17, 3), eth)),
                new Tunnel("PPPoE", true, false, List.of(pppoe("0021"), ethernet("8864"))),
                new Tunnel("PPPoE, IPv6", true, true, List.of(pppoe("0057"), ethernet("8864"))),
                new Tunnel("MPLS, two labels", true, false, List.of(plain("0001004000010140"), ethernet("8847"))),
                new Tunnel("802.3", true, false, List.of(llc())),
                new Tunnel(
                        "VXLAN in IPIP",
                        false,
                        true,
                        List.of(plain(vxlan), udp(4789, true), ipv4(17, 7), ipv4(4, 9), eth)));
    }

    private static Sample inner(Tunnel tunnel, boolean tcp) {
        return new Sample(List.of(), tunnel.inV6, tcp, 0, List.of(), tcp ? 3 : 0, 0x99, 77, 1, 5000, 1200, true, 5);
    }

    private static byte[] wrap(Tunnel tunnel, byte[] inner, int i) {
        byte[] all = tunnel.ip ? Arrays.copyOfRange(inner, 14, inner.length) : inner;
        for (Layer layer : tunnel.layers) {
            all = layer.around(all, i);
        }
        return all;
    }

    /** The vnet header of the inner frame, for where its checksum begins now. */
    private static byte[] vnet(Sample inner, byte[] whole, byte[] bare) {
        ByteBuffer vnet = ByteBuffer.wrap(inner.vnet()).order(ByteOrder.nativeOrder());
        return vnet.putShort(6, (short) (inner.transportOffset() + whole.length - bare.length))
                .array();
    }

    @ParameterizedTest
    @MethodSource("tunnels")
    void cutsTcp(Tunnel tunnel) {
        assertCut(tunnel, inner(tunnel, true));
    }

    @ParameterizedTest
    @MethodSource("tunnels")
    void cutsUdp(Tunnel tunnel) {
        assertCut(tunnel, inner(tunnel, false));
    }

    private void assertCut(Tunnel tunnel, Sample inner) {
        byte[] bare = inner.superframe();
        byte[] whole = wrap(tunnel, bare, 0);
        byte[] data = inner.bytes();
        try (GuardedFrame in = GuardedFrame.of(vnet(inner, whole, bare), whole, 0);
                GuardedFrame out = new GuardedFrame(whole.length, 0)) {
            assertEquals(inner.segments(), segmenter.begin(in.address(), whole.length));
            assertFalse(segmenter.canBeSentWhole());
            for (int i = 0; i < inner.segments(); i++) {
                byte[] expected = wrap(tunnel, inner.segment(i, data), i);
                assertEquals(
                        HEX.formatHex(expected),
                        HEX.formatHex(out.frame(segmenter.next(out.address()))),
                        "segment " + i);
            }
        }
    }

    /** A GSO frame of any of these kinds with anything wrong in it: nothing is written beyond what was announced. */
    @Test
    void whateverItSays() {
        long seed = Long.getLong("ifqd.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Tunnel> tunnels = tunnels().toList();
        long cut = 0;
        for (int mutations = 0; mutations < MUTATIONS; ) {
            Tunnel tunnel = tunnels.get(random.nextInt(tunnels.size()));
            Sample inner = inner(tunnel, random.nextBoolean());
            byte[] bare = inner.superframe();
            byte[] whole = wrap(tunnel, bare, 0);
            byte[] vnet = vnet(inner, whole, bare);
            int headers = whole.length - inner.bytes().length;
            for (int round = 0; round < 100; round++) {
                byte[] v = vnet.clone();
                byte[] frame =
                        random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
                int n = 1 + random.nextInt(3);
                for (int i = 0; i < n && frame.length > 0; i++) {
                    mutate(random, random.nextInt(4) == 0 ? v : frame, headers);
                }
                mutations += n;
                cut += assertHarmless(v, frame, "-Difqd.seed=" + seed);
            }
        }
        assertTrue(cut > MUTATIONS / 20, cut + " cut");
    }

    private static void mutate(Random random, byte[] bytes, int headers) {
        int at = random.nextInt(Math.min(bytes.length, headers));
        bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
    }

    private int assertHarmless(byte[] vnet, byte[] frame, String where) {
        try (GuardedFrame in = GuardedFrame.of(vnet, frame, 0)) {
            int segments = segmenter.begin(in.address(), frame.length);
            if (segments <= 0) {
                return 0;
            }
            int longest = segmenter.longestSegment();
            try (GuardedFrame out = new GuardedFrame(longest, 0)) {
                for (int i = 0; i < Math.min(segments, 4); i++) {
                    int bytes = segmenter.next(out.address());
                    assertTrue(bytes <= longest && bytes > 0, where);
                    out.frame(bytes);
                }
            }
            segmenter.cancel();
        }
        return 1;
    }

    /** BIG TCP: the hop-by-hop header with the length goes, and what is left is what the kernel sends. */
    @Test
    void cutsBigTcp() {
        for (boolean ipv6 : new boolean[] {false, true}) {
            Sample big = new Sample(List.of(), ipv6, true, 0, List.of(), 3, 0x18, 77, 1, 520_000, 1428, true, 5);
            byte[] bare = big.superframe();
            byte[] whole = ipv6 ? withJumbo(bare) : bare;
            ByteBuffer.wrap(whole).putShort(ipv6 ? 18 : 16, (short) 0);
            byte[] data = big.bytes();
            try (GuardedFrame in = GuardedFrame.of(vnet(big, whole, bare), whole, 0);
                    GuardedFrame out = new GuardedFrame(2000, 0)) {
                assertEquals(big.segments(), segmenter.begin(in.address(), whole.length));
                assertEquals(!ipv6, segmenter.canBeSentWhole());
                for (int i = 0; i < big.segments(); i++) {
                    String got = HEX.formatHex(out.frame(segmenter.next(out.address())));
                    assertEquals(HEX.formatHex(big.segment(i, data)), got, "segment " + i);
                }
            }
        }
    }

    private static byte[] withJumbo(byte[] bare) {
        byte[] whole = new byte[bare.length + 8];
        System.arraycopy(bare, 0, whole, 0, 54);
        System.arraycopy(bare, 54, whole, 62, bare.length - 54);
        ByteBuffer at = ByteBuffer.wrap(whole);
        at.put(54, whole[20]).put(20, (byte) 0);
        at.put(55, (byte) 0).put(56, (byte) 0xc2).put(57, (byte) 4).putInt(58, bare.length - 54 + 8);
        return whole;
    }

    /** rx-gro-list: the checksum in the header is the first datagram's; none stays none. */
    @Test
    void cutsWithoutAPartialChecksum() {
        Sample sample = new Sample(List.of(0x8100), false, false, 0, List.of(), 0, 0, 77, 1, 5000, 1200, false, 5);
        byte[] whole = sample.superframe();
        for (boolean none : new boolean[] {false, true}) {
            if (none) {
                ByteBuffer.wrap(whole).putShort(sample.transportOffset() + 6, (short) 0);
            }
            try (GuardedFrame in = GuardedFrame.of(sample.vnet(), whole, 0);
                    GuardedFrame out = new GuardedFrame(whole.length, 0)) {
                assertEquals(5, segmenter.begin(in.address(), whole.length));
                assertFalse(segmenter.canBeSentWhole(), "the kernel refuses it");
                byte[] expected = sample.segment(0, sample.bytes());
                if (none) {
                    ByteBuffer.wrap(expected).putShort(sample.transportOffset() + 6, (short) 0);
                }
                assertEquals(HEX.formatHex(expected), HEX.formatHex(out.frame(segmenter.next(out.address()))));
            }
        }
    }

    /** With DF and 0 an identification says nothing (RFC 6864): the flow that was merged had 0 in each. */
    @Test
    void anAtomicDatagramKeepsItsIdentification() {
        Sample sample = new Sample(List.of(), false, true, 0, List.of(), 0, 0x10, 0, 1, 500, 100, true, 2);
        byte[] whole = sample.superframe();
        whole[20] = 0x40;
        try (GuardedFrame in = GuardedFrame.of(sample.vnet(), whole, 0);
                GuardedFrame out = new GuardedFrame(whole.length, 0)) {
            segmenter.begin(in.address(), whole.length);
            while (segmenter.remaining() > 0) {
                byte[] segment = out.frame(segmenter.next(out.address()));
                assertEquals(0, ByteBuffer.wrap(segment).getShort(18));
                assertEquals(0xffff, NaiveChecksum.sum(segment, 14, 20, 0));
            }
        }
    }

    /**
     * SCTP, the INIT of RFC 9260's form, worked out with Python's crc32c; the internet checksum would be refused by the
     * peer.
     */
    @Test
    void finishesSctp() {
        byte[] frame = HEX.parseHex("0200000000010200000000020800" + "4500002800004000408400000a0000010a000002"
                + "0bb80bb90000000000000000" + "01000008deadbeef");
        byte[] vnet = ByteBuffer.allocate(VnetHeader.BYTES)
                .order(ByteOrder.nativeOrder())
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 34)
                .putShort((short) 8)
                .array();
        try (GuardedFrame in = GuardedFrame.of(vnet, frame, 0)) {
            assertTrue(PartialChecksum.isOurs(in.address() - VnetHeader.BYTES));
            assertTrue(new PartialChecksum().finish(in.address(), frame.length));
            assertEquals(HEX.formatHex(SctpCrc.of(frame, 34)), HEX.formatHex(Arrays.copyOfRange(in.frame(), 42, 46)));
        }
    }

    /** CRC32c bit by bit (RFC 9260, appendix A). */
    private static final class SctpCrc {
        static byte[] of(byte[] frame, int from) {
            int crc = -1;
            for (int i = from; i < frame.length; i++) {
                crc ^= frame[i] & 0xff;
                for (int bit = 0; bit < 8; bit++) {
                    crc = crc >>> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
                }
            }
            return ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(~crc)
                    .array();
        }
    }
}
