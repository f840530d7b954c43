package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 in full load, both ways: the kernel takes everything back, and the next one forwards what still comes. */
@Tag("e2e")
class KillE2eTest {
    private static final long FRAMES = 100_000_000; // the generators' time is over before

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "nft");
    }

    private static String promiscuity(NetLab lab, Nic nic) {
        String link = lab.run(Node.DUT, "ip", "-d", "link", "show", nic.name());
        return link.replaceAll("(?s).*promiscuity (\\d+).*", "$1");
    }

    private static List<String> packetSockets(NetLab lab) {
        return lab.run(Node.DUT, "cat", "/proc/net/packet").lines().skip(1).toList();
    }

    private static String tables(NetLab lab) {
        return lab.run(Node.DUT, "nft", "list", "tables").strip();
    }

    private static String leftBehind(NetLab lab) {
        return "promiscuity " + promiscuity(lab, Nic.d0) + " " + promiscuity(lab, Nic.d1) + ", tables '" + tables(lab)
                + "', packet sockets " + packetSockets(lab).size();
    }

    private static void awaitForwarding(NetLab lab) {
        long s0 = lab.counters(Nic.s0).rxFrames();
        long g0 = lab.counters(Nic.g0).rxFrames();
        Await.until(
                () -> lab.counters(Nic.s0) + " " + lab.counters(Nic.g0),
                () -> lab.counters(Nic.s0).rxFrames() > s0
                        && lab.counters(Nic.g0).rxFrames() > g0);
    }

    @Test
    void nothingIsLeftBehindAndTheNextOneForwards() {
        try (NetLab lab = NetLab.open()) {
            String clean = leftBehind(lab);
            Assertions.assertEquals("promiscuity 0 0, tables '', packet sockets 0", clean);
            try (Ifqd killed = Ifqd.bridge(lab, folder, "--isolate", "on");
                    Child there = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, FRAMES);
                    Child back = Trafgen.flood(lab, Nic.s0, Trafgen.SMALL_FRAME_TO_GEN, FRAMES)) {
                awaitForwarding(lab);
                Assertions.assertEquals("1", promiscuity(lab, Nic.d0));
                Assertions.assertEquals("1", promiscuity(lab, Nic.d1));
                Assertions.assertTrue(tables(lab).contains("ifqd_"), tables(lab));
                Assertions.assertTrue(packetSockets(lab).size() >= 6, packetSockets(lab)::toString);
                killed.process().signal("KILL");
                Assertions.assertEquals(137, killed.process().awaitExit());
                Await.until(() -> leftBehind(lab), () -> leftBehind(lab).equals(clean));
                Assertions.assertTrue(there.isAlive() && back.isAlive(), () -> there + "\n" + back);
                long begin = System.nanoTime();
                try (Ifqd next = Ifqd.bridge(lab, folder, "--isolate", "on")) {
                    awaitForwarding(lab);
                    System.out.printf(
                            "kill -9 in full load: the next one forwards both ways %d ms after its start%n",
                            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
                    Assertions.assertTrue(there.isAlive() && back.isAlive(), () -> there + "\n" + back);
                    next.terminate();
                }
            }
            Await.until(() -> leftBehind(lab), () -> leftBehind(lab).equals(clean));
        }
    }
}
