package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is said in one line that names it, nothing is printed on stdout, and the status tells the kind. */
@Tag("e2e")
class BridgeErrorsE2eTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("setpriv");
    }

    @Test
    void noSuchInterface() {
        assertRefused(USAGE, List.of("d0", "nope0"), "nope0");
    }

    @Test
    void sameInterfaceTwice() {
        assertRefused(USAGE, List.of("d0", "d0"), "d0");
    }

    @Test
    void interfaceDown() {
        try (NetLab lab = NetLab.open()) {
            lab.link(Nic.d1, "down");
            assertRefused(lab, List.of(), USAGE, List.of("d0", "d1"), "d1", "down");
        }
    }

    @Test
    void noEthernetInterface() {
        assertRefused(USAGE, List.of("d0", "lo"), "lo");
    }

    @Test
    void onlyOneInterface() {
        assertRefused(USAGE, List.of("d0"), "IF2");
    }

    @Test
    void workersOutOfRange() {
        assertRefused(USAGE, List.of("d0", "d1", "--workers", "0"), "workers");
    }

    @Test
    void ringTooLargeForMemory() {
        assertRefused(USAGE, List.of("d0", "d1", "--rx-ring", "512GiB"), "memory");
    }

    @Test
    void noPermission() {
        try (NetLab lab = NetLab.open()) {
            List<String> dropped = List.of("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw");
            assertRefused(lab, dropped, FAILED, List.of("d0", "d1"), "CAP_NET_RAW");
        }
    }

    @Test
    void controlSocketInUse() {
        try (NetLab lab = NetLab.open();
                Ifqd running = Ifqd.bridge(lab, folder)) {
            lab.run(Node.DUT, "ip", "link", "add", "x0", "up", "type", "veth", "peer", "name", "x1");
            lab.run(Node.DUT, "ip", "link", "set", "x1", "up");
            assertRefused(lab, List.of(), USAGE, List.of("x0", "x1"), "control.sock");
            Assertions.assertTrue(running.process().isAlive());
            running.terminate();
        }
    }

    private void assertRefused(int status, List<String> arguments, String... named) {
        try (NetLab lab = NetLab.open()) {
            assertRefused(lab, List.of(), status, arguments, named);
        }
    }

    private void assertRefused(NetLab lab, List<String> wrapper, int status, List<String> arguments, String... named) {
        List<String> bridge = new ArrayList<>(List.of("bridge"));
        bridge.addAll(arguments);
        bridge.addAll(List.of("--control", folder.resolve("control.sock").toString()));
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(Ifqd.command(bridge));
        try (Child ifqd = lab.start(Node.DUT, command)) {
            Assertions.assertEquals(status, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertEquals("", ifqd.out(), ifqd::toString);
            Assertions.assertEquals(1, ifqd.err().lines().count(), ifqd::toString);
            for (String word : named) {
                Assertions.assertTrue(ifqd.err().contains(word), () -> "does not name " + word + ": " + ifqd);
            }
        }
    }
}
