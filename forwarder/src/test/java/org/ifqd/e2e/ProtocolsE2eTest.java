package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two hosts talk through ifqd as if it were a cable: ARP, ICMP, TCP; their interfaces' offloads are off. */
@Tag("e2e")
class ProtocolsE2eTest {
    private static final String TRANSFER_BYTES = "200M";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "iperf3");
    }

    @ParameterizedTest
    @ValueSource(ints = {56, 1472})
    void ping(int payloadBytes) {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            String said = lab.run(
                    Node.GEN,
                    "ping",
                    "-n",
                    "-q",
                    "-M",
                    "do",
                    "-c",
                    "20",
                    "-i",
                    "0.05",
                    "-W",
                    "5",
                    "-s",
                    "" + payloadBytes,
                    NetLab.SINK_IP);
            Assertions.assertTrue(said.contains("20 packets transmitted, 20 received"), said);
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertEquals(20, stats.port(Nic.d0).txFrames(), stats::json);
            Assertions.assertEquals(20, stats.port(Nic.d1).txFrames(), stats::json);
            ifqd.terminate();
        }
    }

    /** The neighbour has to be found by a broadcast first. */
    @Test
    void addressResolution() {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            lab.run(Node.GEN, "ip", "neigh", "del", NetLab.SINK_IP, "dev", "g0");
            lab.run(Node.GEN, "ping", "-n", "-q", "-c", "1", "-W", "5", NetLab.SINK_IP);
            String neighbour = lab.run(Node.GEN, "ip", "neigh", "show", NetLab.SINK_IP, "dev", "g0");
            Assertions.assertTrue(neighbour.contains(NetLab.SINK_MAC), neighbour);
            ifqd.terminate();
        }
    }

    /** One TCP stream, and one the other way. Its speed is not asserted: retransmissions and all, the bytes arrive. */
    @ParameterizedTest
    @ValueSource(strings = {"--forward", "--reverse"})
    void tcp(String direction) throws IOException {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder);
                Child server = lab.start(Node.SINK, "iperf3", "-s", "-1", "--forceflush", "-B", NetLab.SINK_IP)) {
            server.awaitText("Server listening");
            String[] client = {"iperf3", "-J", "-c", NetLab.SINK_IP, "-n", TRANSFER_BYTES};
            String[] reversed = {"iperf3", "-J", "-c", NetLab.SINK_IP, "-n", TRANSFER_BYTES, "-R"};
            try (Child iperf = lab.start(Node.GEN, direction.equals("--reverse") ? reversed : client)) {
                String report = iperf.awaitSuccess();
                Map<?, ?> end = (Map<?, ?>) JSON.std.mapFrom(report).get("end");
                Map<?, ?> received = (Map<?, ?>) end.get("sum_received");
                Assertions.assertTrue(((Number) received.get("bytes")).longValue() >= 190 << 20, report);
                System.out.printf("tcp %s: %.2f Gbit/s%n", direction, gbits(received));
            }
            server.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertTrue(stats.port(Nic.d0).txFrames() > 0, stats::json);
            Assertions.assertTrue(stats.port(Nic.d1).txFrames() > 0, stats::json);
            ifqd.terminate();
        }
    }

    private static double gbits(Map<?, ?> received) {
        return ((Number) received.get("bits_per_second")).doubleValue() / 1e9;
    }
}
