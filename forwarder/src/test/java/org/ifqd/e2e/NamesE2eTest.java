package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.List;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of interfaces that nobody had thought of, and whose they are does not matter: they reach no terminal and no log
 * as they are.
 */
@Tag("e2e")
class NamesE2eTest {
    private static final String ESCAPE = "\u001b[31mx";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping");
    }

    @Test
    void escapeSequencesReachNoTerminal() {
        try (NetLab lab = NetLab.open()) {
            lab.run(Node.DUT, "ip", "link", "add", ESCAPE, "type", "veth", "peer", "name", "plain");
            for (List<String> arguments : List.of(
                    List.of("interfaces"),
                    List.of("bridge", "d0", ESCAPE),
                    List.of("bridge", "d0", "nothere"),
                    List.of("stats", "--control", folder.resolve(ESCAPE).toString()))) {
                try (Child ifqd = lab.start(Node.DUT, Ifqd.command(arguments))) {
                    ifqd.awaitExit();
                    Assertions.assertFalse((ifqd.out() + ifqd.err()).contains("\u001b"), ifqd::toString);
                    Assertions.assertTrue((ifqd.out() + ifqd.err()).contains("?[31mx"), ifqd::toString);
                }
            }
        }
    }

    @Test
    void otherLettersWorkInTheCLocale() {
        try (NetLab lab = NetLab.open()) {
            lab.run(Node.DUT, "ip", "link", "set", "d1", "down");
            lab.run(Node.DUT, "ip", "link", "set", "d1", "name", "übel0");
            lab.run(Node.DUT, "ip", "link", "set", "übel0", "up");
            Path control = folder.resolve("control.sock");
            List<String> command = new java.util.ArrayList<>(List.of("env", "LC_ALL=C"));
            command.addAll(List.of("../scripts/ifqd", "bridge", "d0", "übel0", "--control", control.toString()));
            try (Child ifqd = lab.start(Node.DUT, command)) {
                ifqd.awaitText("ready: d0 <-> übel0");
                String said = lab.run(Node.GEN, "ping", "-q", "-c", "3", "-i", "0.05", "-W", "5", NetLab.SINK_IP);
                Assertions.assertTrue(said.contains(" 3 received"), said);
                ifqd.signal("TERM");
                ifqd.awaitSuccess();
            }
        }
    }
}
