package org.ifqd.e2e;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The middle host has a stack of its own, and it does not meddle with what ifqd forwards. */
@Tag("e2e")
class IsolationE2eTest {
    private static final String HOST_MAC = "02:00:00:00:00:02"; // d0's
    private static final String HOST_IP = "198.18.0.99";
    private static final String BROADCAST_IP = "198.18.0.255";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.otherThan("af_xdp", "what XDP takes the host never sees, with isolation or without");
        Requires.labAnd("ping", "nft", "setpriv");
    }

    /** A lab whose middle host would answer on d0, once somebody asks it, to unicast and to broadcast. */
    private static NetLab openWithTalkativeHost() {
        NetLab lab = NetLab.open();
        try {
            lab.run(Node.DUT, "ip", "addr", "add", HOST_IP + "/24", "dev", "d0");
            for (Node node : List.of(Node.DUT, Node.SINK)) {
                lab.run(node, "sysctl", "-qw", "net.ipv4.icmp_echo_ignore_broadcasts=0");
            }
            return lab;
        } catch (AssertionError e) {
            lab.close();
            throw e;
        }
    }

    private static boolean isAnswered(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-n", "-q", "-c", "2", "-i", "0.2", "-W", "1", HOST_IP)) {
            return ping.awaitExit() == 0;
        }
    }

    private static String tables(NetLab lab) {
        return lab.run(Node.DUT, "nft", "list", "tables");
    }

    /**
     * What users and scripts do, without any option: forwarding on, link-local IPv6 on the ports, the host's own
     * addresses elsewhere. One of those is the sink's, so that the host would answer for it.
     */
    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void noPingIsDoubled(String workers) {
        try (NetLab lab = NetLab.open()) {
            lab.run(Node.DUT, "sysctl", "-qw", "net.ipv4.ip_forward=1");
            lab.run(Node.DUT, "sysctl", "-qw", "net.ipv6.conf.d0.disable_ipv6=0", "net.ipv6.conf.d1.disable_ipv6=0");
            lab.run(Node.DUT, "ip", "link", "set", "lo", "up");
            lab.run(Node.DUT, "ip", "addr", "add", NetLab.SINK_IP + "/32", "dev", "lo");
            lab.run(Node.DUT, "ip", "route", "add", NetLab.GEN_IP, "dev", "d0");
            Assertions.assertEquals(HOST_MAC, answeringMac(lab));
            // 5 s after its answer the host asks whether its neighbour is still there, and thereby says that the IP
            // address is its own
            lab.run(Node.DUT, "ip", "neigh", "flush", "dev", "d0");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--workers", workers)) {
                Assertions.assertEquals(NetLab.SINK_MAC, answeringMac(lab));
                String said = lab.run(Node.GEN, "ping", "-n", "-c", "20", "-i", "0.05", "-W", "5", NetLab.SINK_IP);
                Assertions.assertTrue(
                        said.contains("20 packets transmitted, 20 received,"),
                        () -> said + ifqd.stats().json() + ifqd.process());
                Assertions.assertFalse(said.contains("DUP") || said.contains("duplicates"), said);
                ifqd.terminate();
            }
        }
    }

    /** Who says that the sink's IP address is its own. */
    private static String answeringMac(NetLab lab) {
        lab.run(Node.GEN, "ip", "neigh", "del", NetLab.SINK_IP, "dev", "g0");
        lab.run(Node.GEN, "ping", "-n", "-q", "-c", "1", "-W", "5", NetLab.SINK_IP);
        String neighbour = lab.run(Node.GEN, "ip", "neigh", "show", NetLab.SINK_IP, "dev", "g0");
        return neighbour.replaceFirst("(?s).*lladdr (\\S+).*", "$1");
    }

    /** The same question, asked with isolation and without; without it the test must see the host's answer. */
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aBroadcastPingIsDoubledOnlyWithoutIsolation(String isolate) {
        try (NetLab lab = openWithTalkativeHost();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host", "--isolate", isolate)) {
            String said = lab.run(Node.GEN, "ping", "-n", "-b", "-c", "5", "-i", "0.2", "-W", "5", BROADCAST_IP);
            Assertions.assertEquals(
                    isolate.equals("off"), said.contains("duplicates"), said); // DUP is not printed for all
            Assertions.assertTrue(said.contains("from " + NetLab.SINK_IP), said);
            ifqd.terminate();
        }
    }

    @Test
    void theHostIsDeafAndIfqdIsNot() {
        try (NetLab lab = openWithTalkativeHost()) {
            Assertions.assertTrue(isAnswered(lab), "the host must talk before");
            lab.run(Node.GEN, "ip", "neigh", "del", HOST_IP, "dev", "g0");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host", "--isolate", "on")) {
                Assertions.assertFalse(isAnswered(lab));
                Stats stats = ifqd.stats();
                Assertions.assertTrue(stats.port(Nic.d0).rxFrames() > 0, stats::json); // the ARP requests
                Assertions.assertTrue(stats.port(Nic.d1).txFrames() > 0, stats::json);
                Assertions.assertTrue(tables(lab).contains("table netdev ifqd_"));
                ifqd.terminate();
            }
            Assertions.assertEquals("", tables(lab));
            Assertions.assertTrue(isAnswered(lab), "the host must talk again");
        }
    }

    /** IPv6 that comes up sends MLD reports, router solicitations and its question whether somebody has its address. */
    @Test
    void theHostIsSilentUntilTheEnd() {
        try (NetLab lab = openWithTalkativeHost()) {
            String[] noProbes = {"not", "ether", "proto", "0x9000"};
            try (Capture left = Capture.start(lab, Nic.g0, folder, 4096, noProbes);
                    Capture right = Capture.start(lab, Nic.s0, folder, 4096, noProbes);
                    Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host", "--isolate", "on")) {
                for (String nic : List.of("d0", "d1")) {
                    lab.run(Node.DUT, "sysctl", "-qw", "net.ipv6.conf." + nic + ".disable_ipv6=0");
                    Await.until(() -> nic + " to have its address", () -> isAddressed(lab, nic));
                }
                Assertions.assertNotEquals(0, pingFromHost(lab));
                lab.run(Node.DUT, "python3", "-c", PACKET_SOCKET_SENDS);
                for (Capture end : List.of(left, right)) {
                    Assertions.assertEquals(List.of("88b5"), etherTypes(end.frames(1)), "what a tool has sent");
                }
                Assertions.assertEquals("", ifqd.process().err());
                ifqd.terminate();
            }
            Await.until(() -> "the host to talk again", () -> pingFromHost(lab) == 0);
        }
    }

    private static List<String> etherTypes(List<byte[]> frames) {
        return frames.stream()
                .map(frame -> "%02x%02x".formatted(frame[12], frame[13]))
                .toList();
    }

    private static final String PACKET_SOCKET_SENDS = """
            import socket
            for nic in "d0", "d1":
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                s.bind((nic, 0))
                s.send(bytes(12) + bytes([0x88, 0xb5]) + bytes(46))
            """;

    private static boolean isAddressed(NetLab lab, String nic) {
        String addresses = lab.run(Node.DUT, "ip", "-6", "addr", "show", "dev", nic);
        return addresses.contains("fe80::") && !addresses.contains("tentative");
    }

    private static int pingFromHost(NetLab lab) {
        try (Child ping = lab.start(Node.DUT, "ping", "-n", "-q", "-c", "1", "-W", "1", NetLab.GEN_IP)) {
            return ping.awaitExit();
        }
    }

    @Test
    void aKilledIfqdLeavesNothingBehind() {
        try (NetLab lab = openWithTalkativeHost();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host", "--isolate", "on")) {
            Assertions.assertFalse(isAnswered(lab));
            ifqd.process().signal("KILL");
            ifqd.process().awaitExit();
            Assertions.assertEquals("", tables(lab));
            Assertions.assertTrue(isAnswered(lab));
        }
    }

    @Test
    void allowingTheHostKeepsItsEarsOpen() {
        try (NetLab lab = openWithTalkativeHost();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host")) {
            Assertions.assertTrue(isAnswered(lab));
            Assertions.assertEquals("", tables(lab));
            ifqd.terminate();
        }
    }

    @Test
    void twoBridgesDoNotDisturbEachOther() {
        try (NetLab lab = openWithTalkativeHost();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--allow-host", "--isolate", "on")) {
            lab.run(Node.DUT, "nft", "add table netdev users"); // not ours, to stay as it is
            lab.run(Node.DUT, "ip", "link", "add", "e0", "type", "veth", "peer", "name", "e1");
            lab.run(Node.DUT, "ip", "link", "set", "e0", "up");
            lab.run(Node.DUT, "ip", "link", "set", "e1", "up");
            try (Child other = bridge(lab, List.of(), "e0", "e1")) {
                other.awaitText("ready: e0 <-> e1");
                Assertions.assertEquals(3, tables(lab).lines().count(), tables(lab));
                other.signal("TERM");
                other.awaitSuccess();
            }
            Assertions.assertEquals(2, tables(lab).lines().count(), tables(lab));
            Assertions.assertFalse(isAnswered(lab));
            ifqd.terminate();
            Assertions.assertEquals("table netdev users\n", tables(lab));
        }
    }

    @Test
    void withoutPermissionItIsAWarningOrAnError() {
        List<String> dropped = List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin");
        try (NetLab lab = NetLab.open()) {
            try (Child ifqd = bridge(lab, dropped, "d0", "d1", "--isolate", "on")) {
                Assertions.assertEquals(2, ifqd.awaitExit(), ifqd::toString);
                Assertions.assertEquals("", ifqd.out(), ifqd::toString);
                assertOneLine(ifqd, "--isolate on", "CAP_NET_ADMIN");
            }
            try (Child ifqd = bridge(lab, dropped, "d0", "d1")) {
                ifqd.awaitText("ready: d0 <-> d1");
                assertOneLine(ifqd, "WARN", "not isolated from d0 and d1", "CAP_NET_ADMIN");
            }
        }
    }

    private static void assertOneLine(Child ifqd, String... words) {
        Assertions.assertEquals(1, ifqd.err().lines().count(), ifqd::toString);
        for (String word : words) {
            Assertions.assertTrue(ifqd.err().contains(word), () -> "does not name " + word + ": " + ifqd);
        }
    }

    private Child bridge(NetLab lab, List<String> wrapper, String... arguments) {
        List<String> bridge = new ArrayList<>(List.of("bridge"));
        bridge.addAll(List.of(arguments));
        bridge.addAll(List.of("--control", folder.resolve("other.sock").toString()));
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(Ifqd.command(bridge));
        return lab.start(Node.DUT, command);
    }
}
