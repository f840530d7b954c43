package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TCP between hosts that leave checksums and segmentation to their NICs: unfinished checksums and GSO frames of up to
 * 64 KiB arrive at ifqd. They pass as they are where the egress can take them, and are finished and cut by ifqd where
 * it cannot. The receiver's own stack is the judge: it drops what has a wrong checksum and counts it.
 */
@Tag("e2e")
class OffloadsE2eTest {
    private static final String GEN_IP6 = "2001:2::1";
    private static final String SINK_IP6 = "2001:2::2";
    private static final Pattern CSUM_ERRORS = Pattern.compile("(?:TcpInCsumErrors|Tcp6InCsumErrors)\\s+(\\d+)");

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.otherThan("af_xdp", "no GSO frame comes through XDP; XdpBackendE2eTest has TCP");
        Requires.labAnd("iperf3", "nstat");
    }

    @ParameterizedTest
    @CsvSource({"4,on", "4,off", "6,on", "6,off"})
    void tcpBothWays(int ip, String egress) throws IOException {
        try (NetLab lab = NetLab.open()) {
            for (Nic nic : Nic.values()) {
                boolean port = nic == Nic.d0 || nic == Nic.d1;
                lab.offloads(nic, port ? egress : "on");
            }
            if (ip == 6) {
                ipv6(lab);
            }
            try (Ifqd ifqd = Ifqd.bridge(lab, folder)) {
                String sink = ip == 6 ? SINK_IP6 : NetLab.SINK_IP;
                transfer(lab, sink);
                transfer(lab, sink, "-R");
                Stats stats = ifqd.stats(); // not compared with the interfaces, which count segments
                stats.assertConserved();
                Assertions.assertEquals(egress.equals("off"), segmented(stats) > 0, stats::json);
                Assertions.assertEquals(0, checksumErrors(lab, Node.SINK) + checksumErrors(lab, Node.GEN), stats::json);
                ifqd.terminate();
            }
        }
    }

    /** GSO frames whose TCP is inside a tunnel: no vnet header can describe them, so ifqd cuts them itself. */
    @ParameterizedTest
    @CsvSource({"4,on", "4,off", "6,on"})
    void tcpInVxlanBothWays(int outer, String egress) throws IOException {
        try (NetLab lab = NetLab.open()) {
            for (Nic nic : Nic.values()) {
                boolean port = nic == Nic.d0 || nic == Nic.d1;
                lab.offloads(nic, port ? egress : "on");
            }
            if (outer == 6) {
                ipv6(lab);
            }
            String gen = outer == 6 ? GEN_IP6 : NetLab.GEN_IP;
            String sink = outer == 6 ? SINK_IP6 : NetLab.SINK_IP;
            tunnel(lab, Node.GEN, gen, sink, "198.19.0.1/24");
            tunnel(lab, Node.SINK, sink, gen, "198.19.0.2/24");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder)) {
                transfer(lab, "198.19.0.2");
                transfer(lab, "198.19.0.2", "-R");
                Stats stats = ifqd.stats(); // not compared with the interfaces, which count segments
                stats.assertConserved();
                Assertions.assertTrue(segmented(stats) > 0, stats::json);
                Assertions.assertEquals(0, checksumErrors(lab, Node.SINK) + checksumErrors(lab, Node.GEN), stats::json);
                ifqd.terminate();
            }
        }
    }

    private static void tunnel(NetLab lab, Node node, String local, String remote, String address) {
        lab.ip(node, "link add vx0 type vxlan id 7 local " + local + " remote " + remote + " dstport 4789");
        lab.ip(node, "addr add " + address + " dev vx0");
        lab.ip(node, "link set vx0 mtu 1400 up");
    }

    /** A GSO frame whose segments do not fit through the egress is dropped and counted; nothing hangs. */
    @ParameterizedTest
    @CsvSource({"on", "off"})
    void segmentsLargerThanTheEgressMtu(String egress) {
        try (NetLab lab = NetLab.open()) {
            lab.offloads(Nic.g0, "on");
            lab.offloads(Nic.d0, "on");
            lab.offloads(Nic.d1, egress);
            lab.run(Node.DUT, "ip", "link", "set", "d1", "mtu", "1400");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder);
                    Child server = lab.start(Node.SINK, "iperf3", "-s", "--forceflush", "-B", NetLab.SINK_IP)) {
                server.awaitText("Server listening");
                try (Child client = lab.start(Node.GEN, "timeout", "3", "iperf3", "-c", NetLab.SINK_IP, "-t", "2")) {
                    client.awaitExit(); // it cannot succeed
                }
                Stats stats = ifqd.stats(); // not compared with the interfaces, which count segments
                stats.assertConserved();
                Assertions.assertTrue(stats.port(Nic.d1).drop("tooBig") > 0, stats::json);
                ifqd.terminate();
            }
        }
    }

    private void transfer(NetLab lab, String sink, String... more) throws IOException {
        try (Child server = lab.start(Node.SINK, "iperf3", "-s", "-1", "--forceflush", "-B", sink)) {
            server.awaitText("Server listening");
            List<String> client = new ArrayList<>(List.of("iperf3", "-J", "-c", sink, "-n", "100M"));
            client.addAll(List.of(more));
            try (Child iperf = lab.start(Node.GEN, client)) {
                Map<?, ?> end =
                        (Map<?, ?>) JSON.std.mapFrom(iperf.awaitSuccess()).get("end");
                Number bytes = (Number) ((Map<?, ?>) end.get("sum_received")).get("bytes");
                Assertions.assertTrue(bytes.longValue() >= 95L << 20, () -> "received " + bytes);
            }
            server.awaitSuccess();
        }
    }

    private static void ipv6(NetLab lab) {
        for (Nic nic : List.of(Nic.g0, Nic.s0)) {
            boolean gen = nic == Nic.g0;
            lab.run(nic.node, "sysctl", "-qw", "net.ipv6.conf." + nic + ".disable_ipv6=0");
            lab.run(nic.node, "ip", "addr", "add", (gen ? GEN_IP6 : SINK_IP6) + "/64", "dev", nic.name(), "nodad");
        }
    }

    private static long segmented(Stats stats) {
        Matcher m = Pattern.compile("\"segmented\":(\\d+)").matcher(stats.json());
        long sum = 0;
        while (m.find()) {
            sum += Long.parseLong(m.group(1));
        }
        return sum;
    }

    private static long checksumErrors(NetLab lab, Node node) {
        Matcher m = CSUM_ERRORS.matcher(lab.run(node, "nstat", "-asz"));
        long sum = 0;
        while (m.find()) {
            sum += Long.parseLong(m.group(1));
        }
        return sum;
    }
}
