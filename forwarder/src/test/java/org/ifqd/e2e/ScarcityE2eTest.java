package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No descriptors, no room on the disk, a directory where nothing may be written: one line each, and the frames go on.
 */
@Tag("e2e")
class ScarcityE2eTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "prlimit", "unshare", "mount");
    }

    /** Ends with this status, and one line of ours that says so. */
    private static void assertSays(NetLab lab, List<String> command, int status, String line) {
        try (Child ifqd = lab.start(Node.DUT, command)) {
            Assertions.assertEquals(status, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertEquals(line, ifqd.err().strip(), ifqd::toString);
        }
    }

    /** In a mount namespace of its own, after these commands of a shell. */
    private static List<String> after(String shell, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("unshare", "-m", "sh", "-ec", shell + "; exec \"$@\"", "sh"));
        whole.addAll(command);
        return whole;
    }

    private List<String> ask(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--control", folder.resolve("control.sock").toString()));
        return Ifqd.command(all);
    }

    private static void assertForwards(NetLab lab) {
        String said = lab.run(Node.GEN, "ping", "-q", "-c", "3", "-i", "0.05", "-W", "5", NetLab.SINK_IP);
        Assertions.assertTrue(said.contains(" 3 received"), said);
    }

    @Test
    void descriptors() {
        try (NetLab lab = NetLab.open()) {
            List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=64"));
            command.addAll(ask("bridge", "d0", "d1"));
            try (Child ifqd = lab.start(Node.DUT, command)) {
                Assertions.assertEquals(1, ifqd.awaitExit(), ifqd::toString);
                Assertions.assertTrue(
                        ifqd.err().strip().matches("ifqd: .*(EMFILE; too many open files|ulimit -n).*"),
                        ifqd::toString);
            }
        }
    }

    @Test
    void aRunThatIsReadOnly() {
        try (NetLab lab = NetLab.open()) {
            assertSays(
                    lab,
                    after("mount -t tmpfs -o ro none /run", Ifqd.command(List.of("bridge", "d0", "d1"))),
                    2,
                    "ifqd: cannot make the control socket /run/ifqd/control.sock: java.nio.file.FileSystemException: "
                            + "/run/ifqd: Read-only file system; give a path by --control");
        }
    }

    @Test
    void aControlSocketOnAFullDisk() {
        try (NetLab lab = NetLab.open()) {
            Path full = folder.resolve("full");
            assertSays(
                    lab,
                    after(
                            "mkdir %1$s; mount -t tmpfs -o size=4k,nr_inodes=1 none %1$s".formatted(full),
                            Ifqd.command(List.of("bridge", "d0", "d1", "--control", full + "/control.sock"))),
                    2,
                    "ifqd: cannot make the control socket " + full + "/control.sock: java.net.SocketException: "
                            + "No space left on device; give a path by --control");
        }
    }

    /**
     * What an ifqd wants to keep there it cannot, and says so; what is asked of it, and cannot be written, is an error.
     */
    @Test
    void aFullDiskWhileFramesFlow() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Path control = full.resolve("control.sock");
        Path file = folder.resolve("ifqd.toml");
        Files.writeString(file, """
                [[bridge]]
                ports = ["d0", "d1"]
                on-failure = "kernel-bridge"
                [control]
                path = "%s"
                """.formatted(control));
        Child.run("mount", "-t", "tmpfs", "-o", "size=8k,nr_inodes=40", "none", full.toString());
        try (NetLab lab = NetLab.open()) {
            Files.write(full.resolve("fill"), new byte[8 << 10]);
            try (Ifqd ifqd = Ifqd.run(lab, control, file)) {
                Assertions.assertTrue(
                        ifqd.process()
                                .err()
                                .contains("control.sock.fail-open cannot be written, so that it may not hold"),
                        ifqd.process()::toString);
                Path capture = full.resolve("capture.pcap");
                List<String> tap = List.of("tap", "d0", "--write", capture.toString(), "--control", control.toString());
                assertSays(
                        lab,
                        Ifqd.command(tap),
                        1,
                        "ifqd: cannot write " + capture
                                + ": No space left on device; make room, or give another file by --write");
                List<String> stats = List.of("stats", "--control", control.toString());
                assertSays(
                        lab,
                        after("exec >/dev/full", Ifqd.command(stats)),
                        1,
                        "ifqd: cannot write to standard output: No space left on device");
                assertForwards(lab);
                ifqd.terminate();
            }
        } finally {
            Child.run("umount", full.toString());
        }
    }

    /** A log and a table that cannot be written cost no frame. */
    @Test
    void aLogOnAFullDisk() {
        try (NetLab lab = NetLab.open();
                Child ifqd = lab.start(Node.DUT, after("exec >/dev/full 2>&1", ask("bridge", "d0", "d1")))) {
            Await.until("forwards; " + ifqd, () -> {
                try (Child stats = lab.start(Node.DUT, ask("stats"))) {
                    return stats.awaitExit() == 0;
                }
            });
            assertForwards(lab);
            lab.link(Nic.s0, "down"); // to be logged
            lab.link(Nic.s0, "up");
            lab.addresses();
            Await.until("forwards again; " + ifqd, () -> {
                try (Child ping = lab.start(Node.GEN, "ping", "-c", "1", "-W", "1", NetLab.SINK_IP)) {
                    return ping.awaitExit() == 0;
                }
            });
            ifqd.signal("TERM");
            ifqd.awaitExit();
        }
    }

    /** A reader that has seen enough is no error that anybody wants to read. */
    @Test
    void aReaderThatHangsUp() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder);
                Child stats = lab.start(
                        Node.DUT,
                        after(
                                "exec 3>&1; mkfifo " + folder + "/p; (exec 4<" + folder + "/p) & exec >" + folder
                                        + "/p; wait",
                                ask("stats")))) {
            Assertions.assertEquals(1, stats.awaitExit(), stats::toString);
            Assertions.assertEquals("", stats.err(), stats::toString);
            ifqd.terminate();
        }
    }
}
