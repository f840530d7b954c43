package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code --offloads fix}: what is switched off is switched on again, however ifqd ends and whatever becomes of the
 * interfaces. On veth that is GRO, which libpcap cannot do with.
 */
@Tag("e2e")
class OffloadFixE2eTest {
    private static final String GRO = "generic-receive-offload";
    private static final String GRO_LIST = "rx-gro-list";
    private static final String[] FIX = {"--backend", "pcap", "--offloads", "fix"};

    @TempDir
    private Path folder;

    private NetLab lab;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping");
    }

    /** d0 has GRO on, d1 a second switch as well. */
    @BeforeEach
    void open() {
        lab = NetLab.open();
        ethtool("d0", "gro", "on");
        ethtool("d1", "gro", "on", GRO_LIST, "on");
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private void ethtool(String name, String... switches) {
        lab.run(
                Node.DUT,
                Stream.concat(Stream.of("ethtool", "-K", name), Stream.of(switches))
                        .toArray(String[]::new));
    }

    private boolean isOn(String name, String feature) {
        String features = lab.run(Node.DUT, "ethtool", "-k", name);
        return features.contains(feature + ": on");
    }

    private void assertSwitches(boolean on) {
        Assertions.assertEquals(on, isOn("d0", GRO));
        Assertions.assertEquals(on, isOn("d1", GRO));
        Assertions.assertEquals(on, isOn("d1", GRO_LIST));
    }

    private List<Path> saved() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("offloads-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forwards(Ifqd ifqd) {
        lab.run(Node.GEN, "ping", "-q", "-c", "3", "-i", "0.1", NetLab.SINK_IP);
        ifqd.stats(); // adds up
    }

    private void kill(Ifqd ifqd) {
        ifqd.process().signal("KILL");
        Assertions.assertEquals(128 + 9, ifqd.process().awaitExit());
        assertSwitches(false);
        Assertions.assertEquals(2, saved().size());
    }

    @Test
    void endsWithTheSwitchesAsTheyWere() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            assertSwitches(false);
            Assertions.assertEquals(2, saved().size());
            forwards(ifqd);
            ifqd.terminate();
            assertSwitches(true);
            Assertions.assertEquals(List.of(), saved());
            Assertions.assertTrue(
                    ifqd.process().err().contains("d1: rx-gro, rx-gro-list on again"), ifqd.process()::toString);
        }
    }

    /** What somebody has switched himself meanwhile is his. */
    @Test
    void leavesWhatWasChangedMeanwhile() {
        ethtool("d0", "gro", "off");
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            ethtool("d1", "gro", "on", "tx-gso-list", "off");
            ifqd.terminate();
            Assertions.assertFalse(isOn("d0", GRO), "was off before");
            Assertions.assertTrue(isOn("d1", GRO));
            Assertions.assertTrue(isOn("d1", GRO_LIST));
            Assertions.assertFalse(isOn("d1", "tx-gso-list"));
            Assertions.assertTrue(ifqd.process().err().contains("d1: rx-gro-list on again"), ifqd.process()::toString);
        }
    }

    @Test
    void aKilledOneIsFollowedByOneThatTakesOver() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        try (Ifqd next = Ifqd.bridge(lab, folder, FIX)) {
            assertSwitches(false);
            forwards(next);
            next.terminate();
            assertSwitches(true);
            Assertions.assertEquals(List.of(), saved());
        }
    }

    @Test
    void aKilledOneIsFollowedByOneThatDoesNotFix() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        try (Ifqd next = Ifqd.bridge(lab, folder)) {
            assertSwitches(true);
            Assertions.assertEquals(List.of(), saved());
            next.terminate();
        }
    }

    /** Even a start that fails puts things right. */
    @Test
    void aKilledOneIsFollowedByOneThatCannotStart() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        try (Child next = other("no0", "no1")) {
            Assertions.assertEquals(2, next.awaitExit(), next::toString);
        }
        assertSwitches(true);
        Assertions.assertEquals(List.of(), saved());
    }

    /**
     * The next ifqd is on other interfaces: those of the killed one, one of which has another name now, are put right.
     */
    @Test
    void anInterfaceIsKnownByItsNumber() {
        lab.spare();
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        lab.link(Nic.d1, "down");
        lab.ip(Node.DUT, "link set d1 name x1");
        try (Child next = other("e0", "e1")) {
            next.awaitText("ready: e0 <-> e1");
            Assertions.assertTrue(isOn("d0", GRO));
            Assertions.assertTrue(isOn("x1", GRO));
            Assertions.assertTrue(isOn("x1", GRO_LIST));
            Assertions.assertEquals(List.of(), saved());
        }
    }

    /** ifqd bridge with the same folder and another control socket. */
    private Child other(String first, String second, String... options) {
        List<String> arguments = new ArrayList<>(List.of("bridge", first, second, "--control"));
        arguments.add(folder.resolve("other.sock").toString());
        arguments.addAll(List.of(options));
        return lab.start(Node.DUT, Ifqd.command(arguments));
    }

    @Test
    void aNewInterfaceOfTheSameNameIsLeftAlone() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        lab.removeSink();
        lab.insertSink();
        try (Ifqd next = Ifqd.bridge(lab, folder)) {
            Assertions.assertTrue(isOn("d0", GRO));
            Assertions.assertFalse(isOn("d1", GRO), "the new one had it off");
            Assertions.assertEquals(List.of(), saved());
            Assertions.assertTrue(next.process().err().contains("d1: is gone"), next.process()::toString);
            next.terminate();
        }
    }

    /** And so is one that was given the same number, too. */
    @Test
    void aNewInterfaceOfTheSameNumberIsLeftAlone() {
        String index = lab.run(Node.DUT, "cat", "/sys/class/net/d1/ifindex").strip();
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        lab.removeSink();
        lab.ip(Node.DUT, "link add d1 index " + index + " type veth peer name s9");
        ethtool("d1", "gro", "off");
        lab.spare();
        try (Child next = other("e0", "e1")) {
            next.awaitText("ready: e0 <-> e1");
            Assertions.assertFalse(isOn("d1", GRO), "the new one had it off");
            Assertions.assertEquals(List.of(), saved());
        }
    }

    /**
     * While it runs the interface is taken out and another one put in: the port is opened anew, and that is put right
     * too.
     */
    @Test
    void anInterfaceThatComesBackIsFixedToo() {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            lab.removeSink();
            lab.ip(Node.DUT, "link add n1 type veth peer name n2");
            ethtool("n1", "gro", "on");
            lab.ip(Node.DUT, "link set n1 name d1");
            lab.ip(Node.DUT, "link set d1 up");
            ifqd.process().awaitText("opened anew");
            Assertions.assertFalse(isOn("d1", GRO));
            Assertions.assertEquals(2, saved().size());
            ifqd.terminate();
            Assertions.assertTrue(isOn("d0", GRO));
            Assertions.assertTrue(isOn("d1", GRO));
            Assertions.assertFalse(isOn("d1", GRO_LIST), "the new one had it off");
            Assertions.assertEquals(List.of(), saved());
        }
    }

    /** A port that does not need it any more gives it back at once. */
    @Test
    void aReloadGivesBackWhatIsNotNeeded() throws IOException {
        Path control = folder.resolve("control.sock");
        String file = """
                [[bridge]]
                ports = ["d0", "d1"]
                [port.d0]
                backend = "pcap"
                [port.d1]
                backend = "pcap"
                [host]
                offloads = "fix"
                [control]
                path = "%s"
                """.formatted(control);
        Path toml = Files.writeString(folder.resolve("ifqd.toml"), file);
        try (Ifqd ifqd = Ifqd.run(lab, control, toml)) {
            assertSwitches(false);
            Files.writeString(toml, file.replaceFirst("backend = \"pcap\"", "backend = \"af_packet\""));
            ifqd.ask("{\"command\":\"reload\"}");
            Assertions.assertTrue(isOn("d0", GRO));
            Assertions.assertFalse(isOn("d1", GRO));
            forwards(ifqd);
            ifqd.terminate();
            assertSwitches(true);
        }
    }

    /** Two share a folder: what is the one's, the other does not touch. */
    @Test
    void instancesLeaveEachOtherAlone() {
        lab.spare();
        ethtool("e0", "gro", "on");
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            try (Child other = other("e0", "e1", FIX)) {
                other.awaitText("ready: e0 <-> e1");
                Assertions.assertEquals(3, saved().size());
                assertSwitches(false);
                other.signal("TERM");
                Assertions.assertEquals(0, other.awaitExit(), other::toString);
            }
            Assertions.assertTrue(isOn("e0", GRO));
            try (Child second = other("d0", "d1", FIX)) {
                Assertions.assertEquals(2, second.awaitExit(), second::toString);
                Assertions.assertTrue(second.err().contains("is a port of a running ifqd"), second::toString);
            }
            assertSwitches(false);
            Assertions.assertEquals(2, saved().size());
            forwards(ifqd);
            ifqd.terminate();
            assertSwitches(true);
        }
    }

    /**
     * Files that are no good are said and removed; one of another boot says nothing of this one; a feature may be
     * unknown.
     */
    @Test
    void oddFiles() throws IOException {
        lab.spare();
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, FIX)) {
            kill(ifqd);
        }
        Path d0 = saved().get(0);
        Path d1 = saved().get(1);
        String text = Files.readString(d0);
        Path torn = Files.writeString(folder.resolve("offloads-1-1.json"), text.substring(0, text.length() / 2));
        Path lacking = Files.writeString(folder.resolve("offloads-1-2.json"), "{\"boot\":\"x\",\"index\":\"2\"}");
        Path strange = Files.writeString(folder.resolve("offloads-1-3.json"), text);
        Files.setAttribute(strange, "unix:uid", 65534);
        Files.writeString(d0, text.replace("\"rx-gro\"", "\"rx-gro\",\"no-such-feature\""));
        Files.writeString(d1, Files.readString(d1).replaceFirst("\"boot\":\"[^\"]*", "\"boot\":\"another"));
        try (Child next = other("e0", "e1")) {
            next.awaitText("ready: e0 <-> e1");
            Assertions.assertTrue(isOn("d0", GRO));
            Assertions.assertFalse(isOn("d1", GRO), "of another boot");
            Assertions.assertEquals(List.of(strange), saved());
            for (Path file : List.of(torn, lacking, strange)) {
                Assertions.assertTrue(next.err().contains(file + " cannot be read"), next::toString);
            }
        }
    }

    /** Where it cannot be kept in mind, nothing is changed. */
    @Test
    void nothingIsChangedThatCouldNotBeUndone() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        List<String> arguments = new ArrayList<>(List.of("bridge", "d0", "d1", "--control"));
        arguments.add(file.resolve("control.sock").toString());
        arguments.addAll(List.of(FIX));
        try (Child ifqd = lab.start(Node.DUT, Ifqd.command(arguments))) {
            Assertions.assertEquals(2, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertTrue(ifqd.err().contains("cannot keep in mind, in " + file), ifqd::toString);
        }
        assertSwitches(true);
    }
}
