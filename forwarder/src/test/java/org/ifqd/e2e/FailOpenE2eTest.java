package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** on-failure = "kernel-bridge": what passes when ifqd has died, by the program that the units run then. */
@Tag("e2e")
class FailOpenE2eTest {
    private static final String HOOK = "../systemd/fail-open";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "sh");
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    private Path pairs() {
        return folder.resolve("control.sock.fail-open");
    }

    private Path file(String onFailure) {
        Path file = folder.resolve("ifqd.toml");
        try {
            Files.writeString(file, """
                    [[bridge]]
                    ports = ["d0", "d1"]
                    on-failure = "%s"
                    [control]
                    path = "%s"
                    """.formatted(onFailure, control()));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What systemd does when a process of the unit has ended. Returns what it said. */
    private String afterwards(NetLab lab, String result) {
        return lab.run(
                Node.DUT, "env", "SERVICE_RESULT=" + result, HOOK, control().toString());
    }

    private void kill(Ifqd ifqd) {
        ifqd.process().signal("KILL");
        Assertions.assertEquals(137, ifqd.process().awaitExit());
    }

    private static boolean ping(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
            return ping.awaitExit() == 0;
        }
    }

    private static String bridges(NetLab lab) {
        return lab.run(Node.DUT, "ip", "-br", "link", "show", "type", "bridge").strip();
    }

    private static void awaitKept(Ifqd ifqd, Path pairs, boolean isKept) {
        Await.until(() -> pairs + " there: " + !isKept + "; " + ifqd.process(), () -> Files.exists(pairs) == isKept);
    }

    /**
     * Killed: a kernel bridge forwards, until the next ifqd takes over; a ping that goes on all the time sees both
     * changes.
     */
    @Test
    void killedAndTakenOver() throws IOException {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd ifqd = Ifqd.run(lab, control(), file("kernel-bridge"))) {
                Assertions.assertTrue(ping(lab));
                Assertions.assertEquals("d0 d1\n", Files.readString(pairs()));
                kill(ifqd);
            }
            String said = afterwards(lab, "signal");
            Assertions.assertTrue(
                    said.startsWith("fail-open: d0 and d1 are joined by the kernel bridge ifqd-open"), said);
            Assertions.assertTrue(ping(lab), "through the kernel bridge");
            Assertions.assertEquals("fail-open: d0 and d1 are joined already\n", afterwards(lab, "exit-code"));
            try (Child stream = lab.start(Node.GEN, "ping", "-i", "0.02", "-c", "2000", NetLab.SINK_IP)) {
                stream.awaitText("icmp_seq=5 ");
                try (Ifqd next = Ifqd.run(lab, control(), file("kernel-bridge"))) {
                    Assertions.assertEquals("", bridges(lab));
                    long before = next.stats().port(Nic.d0).rxFrames();
                    Await.until(
                            () -> next.stats().json() + stream,
                            () -> next.stats().port(Nic.d0).rxFrames() > before + 20
                                    && next.stats().port(Nic.d1).rxFrames() > before + 20);
                    stream.signal("INT");
                    stream.awaitExit();
                    Assertions.assertFalse(stream.out().contains("DUP!"), stream::toString);
                    Assertions.assertTrue(next.process().err().contains("d0: taken over from the kernel bridge"));
                    next.stats();
                    next.terminate();
                }
            }
            Assertions.assertFalse(Files.exists(pairs()));
        }
    }

    /** Asked to stop, however it then ends, nothing passes: whoever stops it means it. */
    @Test
    void stopped() {
        try (NetLab lab = NetLab.open()) {
            for (String signal : List.of("TERM", "INT")) {
                try (Ifqd ifqd = Ifqd.run(lab, control(), file("kernel-bridge"))) {
                    Assertions.assertTrue(ping(lab));
                    ifqd.stop(signal);
                }
                Assertions.assertEquals("", afterwards(lab, "success"));
                Assertions.assertEquals("", afterwards(lab, "timeout"));
                Assertions.assertEquals("", bridges(lab));
                Assertions.assertFalse(ping(lab));
            }
        }
    }

    /** The default: what died lets nothing pass. */
    @Test
    void block() {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd ifqd = Ifqd.run(lab, control(), file("block"))) {
                Assertions.assertTrue(ping(lab));
                kill(ifqd);
            }
            Assertions.assertEquals("", afterwards(lab, "signal"));
            Assertions.assertEquals("", bridges(lab));
            Assertions.assertFalse(ping(lab));
        }
    }

    /** What an operator has interrupted is not to be joined; a reload is heeded at once. */
    @Test
    void suspendedAndReloaded() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.run(lab, control(), file("kernel-bridge"))) {
            Assertions.assertTrue(Files.exists(pairs()));
            ifqd.ask("{\"command\":\"port\",\"port\":\"d1\",\"state\":\"down\"}");
            awaitKept(ifqd, pairs(), false);
            ifqd.ask("{\"command\":\"port\",\"port\":\"d1\",\"state\":\"up\"}");
            awaitKept(ifqd, pairs(), true);
            file("block");
            Assertions.assertEquals("{\"changes\":[\"changed d0 <-> d1\"]}", ifqd.ask("{\"command\":\"reload\"}"));
            awaitKept(ifqd, pairs(), false);
            file("kernel-bridge");
            Assertions.assertEquals("{\"changes\":[\"changed d0 <-> d1\"]}", ifqd.ask("{\"command\":\"reload\"}"));
            awaitKept(ifqd, pairs(), true);
            ifqd.terminate();
        }
    }

    /** Bridges of others are neither joined, nor taken down; nor is ours while it has a port of somebody else's. */
    @Test
    void bridgesOfOthers() {
        try (NetLab lab = NetLab.open()) {
            try (Ifqd ifqd = Ifqd.run(lab, control(), file("kernel-bridge"))) {
                kill(ifqd);
            }
            lab.ip(Node.DUT, "link add br7 type bridge");
            lab.ip(Node.DUT, "link set d1 master br7");
            try (Child hook = lab.start(Node.DUT, HOOK, control().toString())) {
                Assertions.assertEquals(1, hook.awaitExit());
                Assertions.assertEquals(
                        "fail-open: d0 and d1 are not joined: d1 belongs to another bridge or bond\n", hook.out());
            }
            Assertions.assertTrue(bridges(lab).startsWith("br7 "), bridges(lab));
            assertRefused(lab, "d1 is a port of a bridge; ip link set d1 nomaster, or --allow-host");
            lab.ip(Node.DUT, "link del br7");

            afterwards(lab, "signal");
            String bridge = bridges(lab).split(" ")[0];
            lab.spare();
            lab.ip(Node.DUT, "link set e0 master " + bridge);
            assertRefused(lab, "d0 is a port of a bridge; ip link set d0 nomaster, or --allow-host");
            Assertions.assertTrue(ping(lab), "goes on");
            lab.ip(Node.DUT, "link set e0 nomaster");
            try (Child check = lab.start(
                    Node.DUT,
                    Ifqd.command(List.of("check", "--config", file("block").toString())))) {
                Assertions.assertEquals(0, check.awaitExit(), check::toString);
            }
            try (Ifqd ifqd = Ifqd.run(lab, control(), file("block"))) {
                Assertions.assertEquals("", bridges(lab), "taken over whatever the file says now");
                Assertions.assertTrue(ping(lab));
                ifqd.terminate();
            }
        }
    }

    private void assertRefused(NetLab lab, String why) {
        List<String> run =
                Ifqd.command(List.of("run", "--config", file("kernel-bridge").toString()));
        try (Child refused = lab.start(Node.DUT, run)) {
            Assertions.assertEquals(2, refused.awaitExit(), refused::toString);
            Assertions.assertEquals("ifqd: " + why + "\n", refused.err());
        }
    }
}
