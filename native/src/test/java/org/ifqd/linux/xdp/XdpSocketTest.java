package org.ifqd.linux.xdp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Memory;
import org.ifqd.linux.lab.Await;
import org.ifqd.linux.lab.Requires;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.Station;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sockets, rings and the program on a veth pair; the other end is a packet socket. */
class XdpSocketTest {
    private static final int RING = 64;
    private static final int CHUNKS = 64;
    private static final int CHUNK = 2048;

    private final Libc libc = Libc.system();

    @BeforeAll
    static void needs() {
        Requires.root();
        Shell.assumeTools("ip");
    }

    private static int index(String name) {
        return Integer.parseInt(Shell.sysfs(name, "ifindex"));
    }

    private static byte[] frame(int number, int bytes) {
        byte[] frame = new byte[bytes];
        frame[0] = 2;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        frame[14] = (byte) number;
        return frame;
    }

    @Test
    void receivesIntoItsChunksAndSendsFromThem() throws InterruptedException {
        try (VethPair pair = new VethPair();
                Umem umem = Umem.open(libc, CHUNKS, CHUNK, "test")) {
            pair.up();
            try (Station peer = new Station(pair.right());
                    XdpProgram program = XdpProgram.attach(libc, pair.left(), index(pair.left()), 1);
                    XdpSocket in = XdpSocket.open(libc, pair.left());
                    XdpSocket out = XdpSocket.open(libc, pair.left())) {
                in.register(umem);
                XdpRing fill = in.fillRing(RING);
                XdpRing completion = in.completionRing(RING);
                XdpRing rx = in.rxRing(RING);
                XdpRing tx = out.txRing(RING);
                assertEquals(0, in.bind(index(pair.left()), 0, null, false));
                assertEquals(0, out.bind(index(pair.left()), 0, in, false));
                for (int chunk = 0; chunk < 8; chunk++) {
                    fill.add(umem.offset(chunk));
                }
                fill.publish();

                peer.send(frame(1, 60), 1);
                Await.until(() -> "a stray", () -> program.strays() > 0); // no socket yet
                assertEquals(0, rx.available());
                program.direct(0, in);
                peer.send(List.of(frame(2, 60), frame(3, 1514)));
                Await.until(() -> rx.available() + " frames", () -> rx.available() == 2);
                peer.listen();
                for (int i = 2; i <= 3; i++) {
                    long descriptor = rx.take();
                    long offset = XdpDescriptor.offset(descriptor);
                    int bytes = XdpDescriptor.bytes(descriptor);
                    assertEquals(Umem.FRAME_OFFSET, offset % CHUNK);
                    assertTrue(umem.isWithin(offset, bytes));
                    assertEquals(i, Memory.getByte(umem.address() + offset + 14));
                    tx.add(offset, bytes);
                }
                rx.release();
                tx.publish();
                assertEquals(0, out.kick());
                assertEquals(0, tx.pending());
                List<byte[]> back = new ArrayList<>();
                Await.until(back::toString, () -> {
                    peer.receive(back::add);
                    return back.size() == 2;
                });
                assertArrayEquals(frame(2, 60), back.get(0));
                assertArrayEquals(frame(3, 1514), back.get(1));
                Await.until(() -> completion.available() + " sent", () -> completion.available() == 2);

                long strays = program.strays();
                program.drop(0);
                program.drop(0); // more than once is allowed
                peer.send(frame(4, 60), 3);
                Await.until(() -> program.strays() + " strays", () -> program.strays() == strays + 3);
                assertEquals(0, in.drops());
                for (XdpRing ring : List.of(fill, completion, rx, tx)) {
                    ring.close();
                }
            }
            assertFalse(Shell.run("ip", "link", "show", pair.left()).contains("xdp"));
        }
    }

    /** A frame for which there is no chunk is the kernel's drop, and counted. */
    @Test
    void countsWhatFindsNoChunk() throws InterruptedException {
        try (VethPair pair = new VethPair();
                Umem umem = Umem.open(libc, CHUNKS, CHUNK, "test")) {
            pair.up();
            try (Station peer = new Station(pair.right());
                    XdpProgram program = XdpProgram.attach(libc, pair.left(), index(pair.left()), 1);
                    XdpSocket in = XdpSocket.open(libc, pair.left())) {
                in.register(umem);
                XdpRing fill = in.fillRing(RING);
                XdpRing completion = in.completionRing(RING);
                XdpRing rx = in.rxRing(RING);
                assertEquals(0, in.bind(index(pair.left()), 0, null, false));
                fill.add(umem.offset(0));
                fill.publish();
                program.direct(0, in);
                peer.send(frame(1, 60), 3);
                Await.until(() -> in.drops() + " drops", () -> in.drops() == 2);
                assertEquals(1, rx.available());
                for (XdpRing ring : List.of(fill, completion, rx)) {
                    ring.close();
                }
            }
        }
    }

    @Test
    void aSecondProgramIsRefusedByName() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            pair.up();
            try (XdpProgram first = XdpProgram.attach(libc, pair.left(), index(pair.left()), 1)) {
                ErrnoException e = assertThrows(
                        ErrnoException.class, () -> XdpProgram.attach(libc, pair.left(), index(pair.left()), 1));
                assertTrue(e.getMessage().contains("another XDP program"), e.getMessage());
                assertEquals(0, first.strays());
            }
        }
    }
}
