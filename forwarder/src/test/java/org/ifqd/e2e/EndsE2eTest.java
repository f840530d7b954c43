package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How ifqd ends, and what the next one finds; {@link StopUnderLoadE2eTest} has SIGTERM and SIGINT with traffic. */
@Tag("e2e")
class EndsE2eTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "setpriv", "nft");
    }

    @Test
    void aKilledOneLeavesNothingThatTheNextOneMinds() throws IOException {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd killed = Ifqd.bridge(lab, folder, "--isolate", "on")) {
                killed.process().signal("KILL");
                Assertions.assertEquals(137, killed.process().awaitExit());
            }
            Assertions.assertTrue(
                    Files.exists(folder.resolve("control.sock")), "left behind, as a killed process does");
            Await.until(
                    () -> lab.run(Node.DUT, "nft", "list", "tables"),
                    () -> lab.run(Node.DUT, "nft", "list", "tables").isBlank());
            Assertions.assertFalse(
                    lab.run(Node.DUT, "ip", "-d", "link", "show", "d0").contains("promiscuity 1"));
            Assertions.assertFalse(lab.run(Node.DUT, "cat", "/proc/net/unix").contains("@org.ifqd"));
            try (Ifqd next = Ifqd.bridge(lab, folder)) {
                lab.run(Node.GEN, "ping", "-q", "-c", "3", "-i", "0.05", NetLab.SINK_IP);
                Stats stats = next.awaitQuiet();
                Assertions.assertEquals(3, stats.port(Nic.d0).rxFrames(), stats::toString);
                next.terminate();
            }
            Assertions.assertTrue(isEmpty(folder), "the control socket goes with the daemon");
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Also with a control socket of its own, by which it could not be told. */
    @Test
    void aSecondOneOnTheSamePortsIsRefused() {
        try (NetLab lab = NetLab.open();
                Ifqd first = Ifqd.bridge(lab, folder)) {
            List<String> second = Ifqd.command(List.of(
                    "bridge", "d1", "d0", "--control", folder.resolve("2.sock").toString()));
            try (Child refused = lab.start(Node.DUT, second)) {
                Assertions.assertEquals(2, refused.awaitExit(), refused::toString);
                Assertions.assertEquals("", refused.out());
                Assertions.assertEquals(1, refused.err().lines().count(), refused::toString);
                Assertions.assertTrue(
                        refused.err()
                                .matches("(?s)ifqd: d[01] is a port of a running ifqd, process \\d+; stop that one.*"),
                        refused::toString);
            }
            lab.run(Node.GEN, "ping", "-q", "-c", "3", "-i", "0.05", NetLab.SINK_IP);
            Stats stats = first.awaitQuiet();
            Assertions.assertEquals(3, stats.port(Nic.d0).rxFrames(), stats::toString);
            first.terminate();
        }
    }
}
