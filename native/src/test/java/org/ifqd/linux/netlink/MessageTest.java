package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser on plain memory: whole, short and hostile messages. */
class MessageTest {
    private static final int NEWLINK = RtnetlinkLayout.RTM_NEWLINK;
    private static final int ROUNDS = Integer.getInteger("ifqd.fuzz.tries", 1000) * 50;

    @Test
    void readsAWholeLink() {
        MessageBytes info = MessageBytes.nothing()
                .text(RtnetlinkLayout.IFLA_INFO_KIND, "veth")
                .text(RtnetlinkLayout.IFLA_INFO_SLAVE_KIND, "bridge");
        MessageBytes xdp = MessageBytes.nothing().u8(2, 1).u32(RtnetlinkLayout.IFLA_XDP_PROG_ID, 77);
        byte[] bytes = MessageBytes.link(7, "d0")
                .attribute(RtnetlinkLayout.IFLA_ADDRESS, new byte[] {2, (byte) 0xfe, 0, 0, 0, (byte) 0x81})
                .u8(RtnetlinkLayout.IFLA_OPERSTATE, 6)
                .u8(RtnetlinkLayout.IFLA_CARRIER, 1)
                .u32(RtnetlinkLayout.IFLA_MASTER, 9)
                .nested(RtnetlinkLayout.IFLA_LINKINFO, info)
                .u32(RtnetlinkLayout.IFLA_NUM_RX_QUEUES, 4)
                .u32(RtnetlinkLayout.IFLA_NUM_TX_QUEUES, 8)
                .u32(RtnetlinkLayout.IFLA_PROMISCUITY, 2)
                .u32(RtnetlinkLayout.IFLA_GSO_MAX_SIZE, 65536)
                .u32(RtnetlinkLayout.IFLA_GRO_IPV4_MAX_SIZE, 60000)
                .nested(RtnetlinkLayout.IFLA_XDP, xdp)
                .attribute(999, new byte[1000])
                .message(NEWLINK, 0, 1);
        Link expected = new Link(
                7, "d0", 1, 1, 1500, 0x02fe00000081L, OperState.UP, true, 9, "bridge", "veth", 4, 8, 2, 77, 65536);
        Link link = LinkMessage.parse(only(bytes)).orElseThrow();
        assertEquals(expected, link);
        assertEquals("02:fe:00:00:00:81", link.macText());
    }

    @Test
    void aPortLeavingABridgeIsNoLinkLeaving() {
        byte[] bytes = MessageBytes.ifinfomsg(7, 3, 0) // AF_BRIDGE
                .text(RtnetlinkLayout.IFLA_IFNAME, "d0")
                .u32(RtnetlinkLayout.IFLA_MTU, 1500)
                .message(RtnetlinkLayout.RTM_DELLINK, 0, 0);
        assertTrue(LinkMessage.parse(only(bytes)).isEmpty());
    }

    @Test
    void aWirelessEventIsNoLink() {
        byte[] bytes = MessageBytes.ifinfomsg(0, 3, 0)
                .text(RtnetlinkLayout.IFLA_IFNAME, "wlan0")
                .attribute(11, new byte[8]) // IFLA_WIRELESS
                .message(NEWLINK, 0, 0);
        assertTrue(LinkMessage.parse(only(bytes)).isEmpty());
    }

    @Test
    void severalXdpProgramsHaveNoCommonId() {
        MessageBytes xdp = MessageBytes.nothing()
                .u8(2, 4) // XDP_ATTACHED_MULTI
                .u32(RtnetlinkLayout.IFLA_XDP_DRV_PROG_ID, 5)
                .u32(RtnetlinkLayout.IFLA_XDP_HW_PROG_ID, 6);
        byte[] bytes =
                MessageBytes.link(1, "d0").nested(RtnetlinkLayout.IFLA_XDP, xdp).message(NEWLINK, 0, 0);
        assertEquals(5, LinkMessage.parse(only(bytes)).orElseThrow().xdpProgram());
    }

    @Test
    void anAddressThatIsNotEthernetGivesNoMac() {
        byte[] bytes = MessageBytes.link(1, "ib0")
                .attribute(RtnetlinkLayout.IFLA_ADDRESS, new byte[20])
                .message(NEWLINK, 0, 0);
        assertEquals(0, LinkMessage.parse(only(bytes)).orElseThrow().mac());
    }

    @Test
    void textMayEndWithoutNul() {
        byte[] bytes = MessageBytes.ifinfomsg(0, 1, 0)
                .attribute(RtnetlinkLayout.IFLA_IFNAME, new byte[] {'d', '0', 'x', 'y', 'z'})
                .u32(RtnetlinkLayout.IFLA_MTU, 1)
                .message(NEWLINK, 0, 0);
        assertEquals("d0xyz", LinkMessage.parse(only(bytes)).orElseThrow().name());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 17 * 4 + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void aMessageLengthThatDoesNotFitIsRefused(int length) {
        byte[] bytes = MessageBytes.link(1, "d0").message(NEWLINK, 0, 0);
        ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(0, length);
        assertThrows(NetlinkFormatException.class, () -> Message.split(MemorySegment.ofArray(bytes)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 9, 0x7fff, 0xffff})
    void anAttributeLengthThatDoesNotFitIsRefused(int length) {
        byte[] bytes = MessageBytes.link(1, "d0")
                .attribute(RtnetlinkLayout.IFLA_MASTER, new byte[4], length)
                .message(NEWLINK, 0, 0);
        assertThrows(NetlinkFormatException.class, () -> LinkMessage.parse(only(bytes)));
    }

    @Test
    void aValueThatIsTooShortIsRefused() {
        byte[] bytes = MessageBytes.link(1, "d0")
                .attribute(RtnetlinkLayout.IFLA_MASTER, new byte[3])
                .message(NEWLINK, 0, 0);
        assertThrows(NetlinkFormatException.class, () -> LinkMessage.parse(only(bytes)));
    }

    @Test
    void aLinkWithoutANameIsRefused() {
        byte[] bytes = MessageBytes.ifinfomsg(0, 1, 0)
                .u32(RtnetlinkLayout.IFLA_MTU, 1500)
                .message(NEWLINK, 0, 0);
        assertThrows(NetlinkFormatException.class, () -> LinkMessage.parse(only(bytes)));
    }

    @Test
    void resultsAreErrnoOrSuccess() {
        assertEquals(0, only(MessageBytes.result(0).message(2, 0, 0)).errno());
        assertEquals(19, only(MessageBytes.result(-19).message(2, 0, 0)).errno());
        for (int wrong : new int[] {1, -4096, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Message message = only(MessageBytes.result(wrong).message(2, 0, 0));
            assertThrows(NetlinkFormatException.class, message::errno);
        }
        Message empty = only(MessageBytes.nothing().message(3, 0, 0));
        assertThrows(NetlinkFormatException.class, empty::errno);
    }

    @Test
    void everyCutOfADatagramIsWholeOrRefused() {
        byte[] first =
                MessageBytes.link(1, "d0").u8(RtnetlinkLayout.IFLA_CARRIER, 1).message(NEWLINK, 0, 0);
        byte[] whole = MessageBytes.datagram(first, MessageBytes.link(2, "d1").message(NEWLINK, 0, 0));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length == 0 || length == first.length) {
                assertEquals(length == 0 ? 0 : 1, links(cut));
            } else {
                assertThrows(NetlinkFormatException.class, () -> links(cut), "cut to " + length);
            }
        }
        assertEquals(2, links(whole));
    }

    @Test
    void noiseNeverReadsBeyondTheDatagram() {
        long seed = Long.getLong("ifqd.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] whole = MessageBytes.datagram(
                MessageBytes.link(1, "d0")
                        .attribute(RtnetlinkLayout.IFLA_ADDRESS, new byte[6])
                        .nested(
                                RtnetlinkLayout.IFLA_LINKINFO,
                                MessageBytes.nothing().text(RtnetlinkLayout.IFLA_INFO_KIND, "veth"))
                        .message(NEWLINK, 0, 0),
                MessageBytes.ifaddrmsg(2, 24, 0, 1)
                        .attribute(RtnetlinkLayout.IFA_LOCAL, new byte[4])
                        .message(RtnetlinkLayout.RTM_NEWADDR, 0, 0));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noisy = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
            }
            try {
                links(noisy);
            } catch (NetlinkFormatException expected) {
                // the only way to refuse; anything else fails the test
            } catch (RuntimeException e) {
                throw new AssertionError("-Difqd.seed=" + seed + " round " + round, e);
            }
        }
    }

    /** Parses as an exactly sized native segment, so that every access beyond it throws. */
    private static int links(byte[] datagram) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_BYTE, datagram);
            int found = 0;
            for (Message message : Message.split(segment)) {
                found += LinkMessage.parse(message).isPresent() ? 1 : 0;
                AddressMessage.parse(message);
            }
            return found;
        }
    }

    private static Message only(byte[] datagram) {
        List<Message> messages = Message.split(MemorySegment.ofArray(datagram));
        assertEquals(1, messages.size());
        return messages.getFirst();
    }
}
