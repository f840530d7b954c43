package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may read and who may change: the clients run as other users, and the kernel says who they are. */
@Tag("e2e")
class ControlAccessE2eTest {
    private static final int NOBODY = 65534;
    private static final int ROOT = 0;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("setpriv");
    }

    /** The class path may be in root's home, hence dac_read_search; it does not let anybody write. */
    private Child nobody(int group, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--control", folder.resolve("control.sock").toString()));
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + group,
                "--clear-groups",
                "--inh-caps=-all,+dac_read_search",
                "--ambient-caps=-all,+dac_read_search"));
        command.addAll(Ifqd.command(all));
        return Child.start(command);
    }

    private void assertRefused(int status, String why, String... arguments) {
        try (Child child = nobody(NOBODY, arguments)) {
            Assertions.assertEquals(status, child.awaitExit(), child::toString);
            Assertions.assertEquals(1, child.err().lines().count(), child::toString);
            Assertions.assertTrue(child.err().contains(why), child::toString);
        }
    }

    @Test
    void anybodyWhoCanOpenTheSocketReadsAndItsGroupChanges() throws IOException {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            assertRefused(2, "user nobody may not open", "stats");
            Files.setPosixFilePermissions(folder.resolve("control.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
            try (Child stats = nobody(NOBODY, "stats", "--json")) {
                stats.awaitSuccess();
            }
            assertRefused(1, "port is refused: user nobody may only read", "port", "d0", "down");
            assertRefused(2, "tap is refused", "tap", "d0", "--count", "1", "--write", "/dev/null");
            assertRefused(1, "drain is refused", "drain");
            Assertions.assertEquals("RUNNING", ifqd.stats().port(Nic.d0).state());
            try (Child member = nobody(ROOT, "port", "d0", "down")) { // the socket's group is root's
                member.awaitSuccess();
            }
            Assertions.assertEquals("SUSPENDED", ifqd.stats().port(Nic.d0).state());
            ifqd.process().awaitText("control: user nobody asks for port {port=d0, state=down}");
            ifqd.process().awaitText("WARN  control: port is refused: user nobody");
            ifqd.terminate();
        }
    }
}
