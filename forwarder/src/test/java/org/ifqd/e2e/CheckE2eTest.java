package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * {@code ifqd check}: each thing that a start would find is told beforehand, with its cure; {@code --fix} mends some.
 */
@Tag("e2e")
class CheckE2eTest {

    @TempDir
    private Path folder;

    private NetLab lab;

    @BeforeAll
    static void needs() {
        Requires.labAnd("setpriv");
    }

    @BeforeEach
    void open() {
        lab = NetLab.open();
        lab.ip(Node.DUT, "link set lo up");
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private Path control() {
        return folder.resolve("control.sock");
    }

    private Path write(String more) {
        return write(control(), more);
    }

    private Path write(Path control, String more) {
        try {
            return Files.writeString(folder.resolve("ifqd.toml"), """
                    [[bridge]]
                    ports = ["d0", "d1"]
                    [control]
                    path = "%s"
                    """.formatted(control) + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the check finds: a line each, level and subject in front. The status has to be right for them. */
    private List<String> check(Path file, String... options) {
        return check(List.of(), file, options);
    }

    private List<String> check(List<String> user, Path file, String... options) {
        List<String> arguments = new ArrayList<>(List.of("check", "--json", "--config", file.toString()));
        arguments.addAll(List.of(options));
        List<String> command = new ArrayList<>(user);
        command.addAll(Ifqd.command(arguments));
        try (Child child = lab.start(Node.DUT, command)) {
            int status = child.awaitExit();
            List<String> found = findings(child.out());
            boolean fails = found.stream().anyMatch(finding -> finding.startsWith("fail "));
            Assertions.assertEquals(fails ? 2 : 0, status, child::toString);
            Assertions.assertEquals("", child.err());
            return found;
        }
    }

    private static List<String> findings(String json) {
        List<String> lines = new ArrayList<>();
        try {
            for (Object each : (List<?>) JSON.std.mapFrom(json).get("checks")) {
                Map<?, ?> finding = (Map<?, ?>) each;
                lines.add(finding.get("level") + " " + finding.get("subject") + ": " + finding.get("text"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
        return lines;
    }

    private static List<String> bad(List<String> findings) {
        return findings.stream().filter(finding -> !finding.startsWith("ok ")).toList();
    }

    private static void assertHas(List<String> findings, String... beginnings) {
        for (String beginning : beginnings) {
            Assertions.assertTrue(
                    findings.stream().anyMatch(finding -> finding.startsWith(beginning)),
                    () -> beginning + " is not in " + String.join("\n", findings));
        }
    }

    @Test
    void allIsWell() {
        List<String> found = check(write("[metrics]\nlisten = \"127.0.0.1:9470\"\n"));
        Assertions.assertEquals(List.of(), bad(found));
        assertHas(
                found,
                "ok d0: an Ethernet interface, and up",
                "ok d1: has carrier",
                "ok d1: is not used by the host itself",
                "ok d1: has no other forwarder",
                "ok d0: no offload merges",
                "ok d0: receive queues: 1",
                "ok d0 <-> d1: both ports have the same MTU",
                "ok kernel: Linux ",
                "ok privileges: CAP_NET_ADMIN",
                "ok isolation: nf_tables",
                "ok memory:",
                "ok cpus:",
                "ok backends:",
                "ok control: " + control(),
                "ok metrics: 127.0.0.1:9470 is free");
        Assertions.assertFalse(Files.exists(control()), "the check changes nothing");
    }

    @Test
    void manyThingsAtOnce() throws IOException {
        lab.ip(Node.DUT, "link set d1 mtu 1400");
        lab.ip(Node.DUT, "addr add 192.0.2.1/24 dev d0");
        Files.createFile(control());
        List<String> found = bad(check(write("""
                [port.d0]
                backend = "pcap"
                filter = "not a filter"
                rx-ring = "1GiB"
                [port.d1]
                rx-ring = "512GiB"
                cpus = [4000]
                """)));
        assertHas(
                found,
                "fail d0: d0 has IP addresses 192.0.2.1/24; ip addr flush dev d0",
                "fail d0: filter 'not a filter'",
                "warn d0 <-> d1: not compared",
                "fail memory: rings of ",
                "fail cpus: --cpus: d1 wants processor 4000",
                "warn backends: d0 (veth) hands over",
                "fail control: " + control() + " is not a socket");
    }

    /** The file of an ifqd that runs is all right; the same ports for another one are not. */
    @Test
    void whatRunsAlready() {
        Path file = write("[metrics]\nlisten = \"127.0.0.1:9470\"\n");
        try (Ifqd ifqd = Ifqd.run(lab, control(), file)) {
            List<String> same = bad(check(file));
            Assertions.assertEquals(2, same.size(), same::toString);
            assertHas(
                    same,
                    "warn control: " + control() + " is the control socket of a running ifqd",
                    "warn metrics: cannot be served at 127.0.0.1:9470 (");
            List<String> other =
                    bad(check(write(folder.resolve("x/y.sock"), "[metrics]\nlisten = \"127.0.0.1:9470\"\n")));
            Assertions.assertEquals(3, other.size(), other::toString);
            String pid = Long.toString(ifqd.process().pid());
            assertHas(
                    other,
                    "fail d0: is a port of a running ifqd, process " + pid + "; stop that one",
                    "fail d1: is a port of a running ifqd, process " + pid,
                    "fail metrics: cannot be served at 127.0.0.1:9470 (Address already in use");
            ifqd.terminate();
        }
    }

    @Test
    void withoutPrivileges() {
        List<String> user = List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search");
        List<String> found = bad(check(user, write("[host]\nisolate = \"on\"\noffloads = \"fix\"\n")));
        assertHas(
                found,
                "fail kernel: socket AF_PACKET probe: EPERM; needs CAP_NET_RAW",
                "fail privileges: no CAP_NET_ADMIN, which isolate = \"on\" and offloads = \"fix\" needs; run it as root",
                "fail isolation: nf_tables ingress drop table netdev",
                "fail control: cannot make the control socket " + control());
    }

    private boolean hasGro(String name) {
        return lab.run(Node.DUT, "ethtool", "-k", name).contains("generic-receive-offload: on");
    }

    private Path pcap(String policy) {
        return write("""
                [port.d0]
                backend = "pcap"
                [port.d1]
                backend = "pcap"
                [host]
                offloads = "%s"
                """.formatted(policy));
    }

    @Test
    void offloadsByPolicy() {
        lab.run(Node.DUT, "ethtool", "-K", "d0", "gro", "on");
        String gro = "has gro on: received frames are merged, which libpcap cannot take apart again; ";
        String cure = "ethtool -K d0 gro off, or --offloads fix, or use --backend af_packet";
        assertHas(check(pcap("warn")), "fail d0: d0 " + gro + cure, "ok d1: no offload");
        assertHas(check(pcap("fail")), "fail d0: d0 " + gro + cure, "ok d1: no offload");
        assertHas(check(pcap("fix")), "ok d0: " + gro + "switched off while ifqd runs", "ok d1: no offload");
        assertHas(check(pcap("keep")), "ok d0: offloads are not looked at");
        assertHas(check(write("[host]\noffloads = \"fail\"\n")), "ok d0: no offload");
        Assertions.assertTrue(hasGro("d0"), "the check changes nothing");
    }

    @Test
    void mendsWhatIsSafe() {
        lab.spare();
        lab.run(Node.DUT, "ethtool", "-K", "d0", "gro", "on");
        lab.run(Node.DUT, "ethtool", "-K", "e0", "gro", "on");
        lab.link(Nic.d1, "down");
        lab.ip(Node.DUT, "link set d1 mtu 1400");
        lab.ip(Node.DUT, "link set e1 down");
        lab.ip(Node.DUT, "addr add 192.0.2.1/24 dev e1");
        Path file = pcap("warn");
        String more = "[[bridge]]\nports = [\"e0\", \"e1\"]\n[port.e0]\nbackend = \"pcap\"\noffloads = \"fix\"\n";
        try {
            Files.writeString(file, Files.readString(file) + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> found = check(file, "--fix");
        List<String> fixed =
                found.stream().filter(each -> each.startsWith("fixed ")).toList();
        Assertions.assertEquals(
                List.of(
                        "fixed d0: had gro on: received frames are merged, which libpcap cannot take apart again;"
                                + " switched off, ethtool -K d0 gro on undoes it",
                        "fixed d1: was down and is up; ip link set d1 down undoes it"),
                fixed);
        assertHas(
                found,
                "ok d0: no offload",
                "ok d1: an Ethernet interface, and up",
                "ok d1: has carrier",
                "warn d0 <-> d1: d0 has MTU 1500 and d1 1400", // never mended
                "ok e0: has gro on", // that is what ifqd does while it runs
                "fail e1: e1 is down", // it is the host's
                "fail e1: e1 has IP addresses 192.0.2.1/24");
        Assertions.assertFalse(hasGro("d0"));
        Assertions.assertTrue(hasGro("e0"));
        Assertions.assertEquals(
                List.of(),
                check(file, "--fix").stream()
                        .filter(each -> each.startsWith("fixed "))
                        .toList());
    }

    @Test
    void notMendedWithoutPrivilege() {
        lab.link(Nic.d1, "down");
        List<String> bounded = List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
        assertHas(
                check(bounded, write(""), "--fix"),
                "fail d1: cannot be mended: RTM_SETLINK d1: EPERM; needs CAP_NET_ADMIN",
                "warn privileges: no CAP_NET_ADMIN: buffers stay small");
    }
}
