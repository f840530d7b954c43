package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon may do, and that it works as a user who may do no more. */
@Tag("e2e")
class PrivilegesE2eTest {
    private static final String LEAST =
            "0000008000807000"; // CAP_NET_ADMIN, CAP_NET_RAW, CAP_IPC_LOCK, CAP_SYS_NICE, CAP_BPF

    /** Without CAP_IPC_LOCK, which only AF_XDP wants. */
    private static final String OF_THE_USER = "0000008000803000";

    private static final int NOBODY = 65534;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "setpriv");
    }

    /** The class path of this test may be in root's home, hence dac_read_search: which the daemon gives up. */
    private static List<String> nobody(String capabilities) {
        return List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "--inh-caps=" + capabilities,
                "--ambient-caps=" + capabilities);
    }

    @Test
    void anOrdinaryUserWithAmbientCapabilitiesForwards() throws IOException {
        Files.setAttribute(folder, "unix:uid", NOBODY);
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(
                        lab,
                        nobody("+net_raw,+net_admin,+bpf,+sys_nice,+dac_read_search"),
                        folder,
                        "--isolate",
                        "on")) {
            lab.run(Node.GEN, "ping", "-q", "-c", "5", "-i", "0.05", NetLab.SINK_IP);
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertEquals(5, stats.port(Nic.d0).rxFrames(), stats::toString);
            assertConfined(ifqd, OF_THE_USER);
            ifqd.terminate();
        }
    }

    /**
     * That the same user's ifqd does so while it runs, through libpcap, packaging/test shows: here that is in root's
     * home.
     */
    @Test
    void anOrdinaryUserSwitchesOffloads() throws IOException {
        Files.setAttribute(folder, "unix:uid", NOBODY);
        Path file = Files.writeString(folder.resolve("ifqd.toml"), """
                [[bridge]]
                ports = ["d0", "d1"]
                [port.d0]
                backend = "pcap"
                [control]
                path = "%s"
                """.formatted(folder.resolve("control.sock")));
        try (NetLab lab = NetLab.open()) {
            lab.run(Node.DUT, "ethtool", "-K", "d0", "gro", "on");
            try (Child refused = fix(lab, file, "+net_raw,+dac_read_search")) {
                Assertions.assertEquals(2, refused.awaitExit(), refused::toString);
                Assertions.assertTrue(
                        refused.out()
                                .contains(
                                        "fail  d0: cannot be mended: ETHTOOL_SFEATURES d0: EPERM; needs CAP_NET_ADMIN"),
                        refused::toString);
                Assertions.assertTrue(hasGro(lab));
            }
            try (Child mended = fix(lab, file, "+net_raw,+net_admin,+dac_read_search")) {
                Assertions.assertEquals(0, mended.awaitExit(), mended::toString);
                Assertions.assertTrue(mended.out().contains("fixed d0: had gro on"), mended::toString);
                Assertions.assertFalse(hasGro(lab));
            }
        }
    }

    private static Child fix(NetLab lab, Path file, String capabilities) {
        List<String> check = Ifqd.command(List.of("check", "--fix", "--config", file.toString()));
        return lab.start(
                Node.DUT,
                Stream.concat(nobody(capabilities).stream(), check.stream()).toList());
    }

    private static boolean hasGro(NetLab lab) {
        return lab.run(Node.DUT, "ethtool", "-k", "d0").contains("generic-receive-offload: on");
    }

    @Test
    void rootKeepsOnlyWhatIsNeeded() throws IOException {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--mlock")) {
            assertConfined(ifqd, LEAST);
            Assertions.assertTrue(
                    status(Path.of("/proc", Long.toString(ifqd.process().pid()), "status"))
                                    .get("VmLck")
                                    .compareTo("0 kB")
                            != 0);
            ifqd.terminate();
        }
    }

    @Test
    void anOrdinaryUserWithoutIsToldInOneLine() {
        List<String> bridge = Stream.concat(
                        nobody("+dac_read_search").stream(),
                        Ifqd.command(List.of(
                                        "bridge",
                                        "d0",
                                        "d1",
                                        "--control",
                                        folder.resolve("s").toString()))
                                .stream())
                .toList();
        try (NetLab lab = NetLab.open();
                Child ifqd = lab.start(Node.DUT, bridge)) {
            Assertions.assertEquals(1, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertEquals(1, ifqd.err().lines().count(), ifqd::toString);
            Assertions.assertTrue(ifqd.err().contains("EPERM; needs CAP_NET_RAW"), ifqd::toString);
        }
    }

    /** The threads of the data path and those that talk to the outside; the JVM's own are not ours to change. */
    private static void assertConfined(Ifqd ifqd, String capabilities) throws IOException {
        int seen = 0;
        try (Stream<Path> tasks =
                Files.list(Path.of("/proc", Long.toString(ifqd.process().pid()), "task"))) {
            for (Path task : tasks.toList()) {
                Map<String, String> status = status(task.resolve("status"));
                if (status.get("Name").matches("rx-d[01]|ifq-tx-d[01]|ifqd-.*|ifq-softnet")) {
                    seen++;
                    Assertions.assertEquals(capabilities, status.get("CapPrm"), status::toString);
                    Assertions.assertEquals(capabilities, status.get("CapEff"), status::toString);
                    Assertions.assertEquals("1", status.get("NoNewPrivs"), status::toString);
                }
            }
        }
        Assertions.assertTrue(seen >= 5, seen + " threads of ifqd");
    }

    private static Map<String, String> status(Path file) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] field = line.split(":\\s*", 2);
            fields.put(field[0], field[1]);
        }
        return fields;
    }
}
