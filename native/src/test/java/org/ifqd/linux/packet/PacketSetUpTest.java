package org.ifqd.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.lab.FakeLibc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each call of a set-up fails in turn: the message is complete and nothing stays open. */
class PacketSetUpTest {
    private final FakeLibc libc = new FakeLibc();

    private void receiveSide(FakeLibc fake) {
        try (PacketSocket socket = PacketSocket.open(fake, "eth7")) {
            socket.rejectAll();
            try (RxRing ring = RxRing.open(socket, 4096, 2)) {
                socket.ignoreOutgoing();
                socket.bindToReceive(7);
                socket.openFanout();
                socket.joinFanout(1);
                socket.acceptIncoming();
                assertEquals(2, ring.blocks());
            }
        }
    }

    private void sendSide(FakeLibc fake) {
        try (PacketSocket socket = PacketSocket.open(fake, "eth7");
                TxRing ring = TxRing.open(socket, 1518, 128)) {
            socket.bypassQdisc();
            socket.bindToSend(7);
            socket.promiscuous(7);
            assertEquals(128, ring.slots());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1  | EPERM      | socket AF_PACKET eth7: EPERM; needs CAP_NET_RAW; run as root or grant it (systemd: AmbientCapabilities=)
            1  | EMFILE     | socket AF_PACKET eth7: EMFILE; too many open files; raise ulimit -n (systemd: LimitNOFILE=)
            2  | ENOMEM     | setsockopt SO_ATTACH_FILTER (none) eth7: ENOMEM; the kernel has no memory for it; use smaller rings, or fewer workers
            3  | EINVAL     | setsockopt PACKET_VERSION eth7: EINVAL; this kernel is too old
            4  | EINVAL     | setsockopt PACKET_VNET_HDR eth7: EINVAL; this kernel is too old
            5  | EBUSY      | setsockopt PACKET_RESERVE eth7: EBUSY
            6  | ENOMEM     | setsockopt PACKET_RX_RING eth7: ENOMEM; a ring of 8192 bytes does not fit in memory; ask for less with --rx-ring
            7  | ENOMEM     | mmap receive ring of eth7: ENOMEM; 8192 bytes do not fit in memory; use smaller rings
            8  | ENOPROTOOPT | setsockopt PACKET_IGNORE_OUTGOING eth7: ENOPROTOOPT; needs Linux 4.20 or later
            9  | ENETDOWN   | bind AF_PACKET eth7: ENETDOWN; interface is down; ip link set eth7 up
            9  | ENODEV     | bind AF_PACKET eth7: ENODEV; the interface is gone; see ifqd interfaces
            10 | EINVAL     | setsockopt PACKET_FANOUT eth7: EINVAL
            11 | EINVAL     | getsockopt PACKET_FANOUT eth7: EINVAL
            12 | EINVAL     | setsockopt PACKET_FANOUT eth7: EINVAL
            13 | EPERM      | setsockopt SO_ATTACH_FILTER (incoming) eth7: EPERM; needs CAP_NET_RAW and CAP_NET_ADMIN; run as root or grant them (systemd: AmbientCapabilities=)
            """)
    void receiveSideFails(int call, String errno, String message) throws ReflectiveOperationException {
        fails(this::receiveSide, call, errno, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1 | EPERM    | socket AF_PACKET eth7: EPERM; needs CAP_NET_RAW; run as root or grant it (systemd: AmbientCapabilities=)
            2 | EINVAL   | setsockopt PACKET_VERSION eth7: EINVAL; this kernel is too old
            3 | EINVAL   | setsockopt PACKET_VNET_HDR eth7: EINVAL; this kernel is too old
            4 | ENOMEM   | setsockopt PACKET_TX_RING eth7: ENOMEM; a ring of 262144 bytes does not fit in memory; ask for less with --tx-ring
            5 | EAGAIN   | mmap transmit ring of eth7: EAGAIN; 262144 bytes do not fit in memory; use smaller rings
            6 | ENOPROTOOPT | setsockopt PACKET_QDISC_BYPASS eth7: ENOPROTOOPT
            7 | ENETDOWN | bind AF_PACKET eth7: ENETDOWN; interface is down; ip link set eth7 up
            8 | ENODEV   | setsockopt PACKET_ADD_MEMBERSHIP eth7: ENODEV; the interface is gone; see ifqd interfaces
            """)
    void sendSideFails(int call, String errno, String message) throws ReflectiveOperationException {
        fails(this::sendSide, call, errno, message);
    }

    private void fails(Consumer<FakeLibc> setUp, int call, String errnoName, String message)
            throws ReflectiveOperationException {
        int errno = Errno.class.getField(errnoName).getInt(null);
        libc.failCall(call, errno);
        ErrnoException e = assertThrows(ErrnoException.class, () -> setUp.accept(libc));
        assertEquals(message, e.getMessage());
        assertEquals(errno, e.errno());
        assertEquals(call, libc.calls().size(), "nothing more is tried after a failure");
        assertEquals(List.of(), libc.leftOver());
    }

    @Test
    void withoutAFailureEverythingIsClosedToo() {
        receiveSide(libc);
        assertEquals(13, libc.calls().size(), "a new call needs a new row above");
        sendSide(libc);
        assertEquals(13 + 8, libc.calls().size(), "a new call needs a new row above");
        assertEquals(List.of(), libc.leftOver());
    }

    /** A larger send buffer is a wish; so is the drop counter. */
    @Test
    void bestEffortCallsDoNotFail() {
        try (PacketSocket socket = PacketSocket.open(libc.failCall(2, Errno.EPERM), "eth7")) {
            socket.sendBuffer(1 << 20);
            libc.failCall(3, Errno.EBADF);
            assertEquals(0, socket.takeDrops());
        }
        assertEquals(List.of(), libc.leftOver());
    }

    @Test
    void aReceiveRingTakesHalfOfTheBlocksThatDoNotFit() {
        try (PacketSocket socket = PacketSocket.open(libc.failCall(5, Errno.ENOMEM), "eth7");
                RxRing ring = RxRing.open(socket, 4096, 8)) {
            assertEquals("setsockopt 263/5", libc.calls().get(4), "the failing one asks for the ring");
            assertEquals(4, ring.blocks());
        }
        assertEquals(List.of(), libc.leftOver());
    }

    @Test
    void transmitSlotsThatAreNoPowerOfTwoAreRefused() {
        try (PacketSocket socket = PacketSocket.open(libc, "eth7")) {
            for (int slots : new int[] {0, -1, 129, 1000}) {
                IllegalArgumentException e =
                        assertThrows(IllegalArgumentException.class, () -> TxRing.open(socket, 1518, slots));
                assertTrue(e.getMessage().contains("power of two"), e.getMessage());
            }
        }
        assertEquals(List.of(), libc.leftOver());
    }
}
