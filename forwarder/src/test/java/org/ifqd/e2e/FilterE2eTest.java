package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --filter}: only frames that match are received, whether the kernel has taken their tag out or not. */
@Tag("e2e")
class FilterE2eTest {
    private static final int VLAN = 0x8100;
    private static final int SERVICE_VLAN = 0x88a8;

    private final Random random = new Random(3);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump");
    }

    /** Numbers of the {@link #frames} that pass. */
    @ParameterizedTest
    @CsvSource({
        "af_packet, not vlan, 0 5 6",
        "af_packet, vlan 7 and vlan 42, 4",
        "af_packet, not stp, 0 1 2 3 4 5",
        "pcap, vlan 42 or greater 500, 1 5",
    })
    void forwardsWhatMatches(String backend, String filter, String passing) throws IOException {
        List<byte[]> sent = frames();
        List<byte[]> expected = new ArrayList<>();
        for (String number : passing.split(" ")) {
            expected.add(sent.get(Integer.parseInt(number)));
        }
        Path file = folder.resolve("sent.pcap");
        Pcap.write(file, sent);
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--backend", backend, "--filter", filter);
                Capture atSink = Capture.start(lab, Nic.s0, folder, 4 << 10)) {
            lab.run(Node.GEN, "tcpreplay", "-q", "-i", "g0", "--pps=1000", file.toString());
            Await.until(
                    () -> ifqd.stats().json(), () -> ifqd.stats().port(Nic.d1).txFrames() == expected.size());
            Frames.assertEqual(expected, atSink.frames(expected.size()), filter);
            Stats stats = ifqd.stats();
            Assertions.assertEquals(expected.size(), stats.port(Nic.d0).rxFrames(), stats::json);
            ifqd.terminate();
        }
    }

    private List<byte[]> frames() {
        String from = NetLab.GEN_MAC;
        String to = NetLab.SINK_MAC;
        return List.of(
                Frames.random(random, 64, from, to),
                Frames.random(random, 64, from, to, VLAN, 42),
                Frames.random(random, 64, from, to, VLAN, 43),
                Frames.random(random, 64, from, to, VLAN, 0), // priority tag
                Frames.random(random, 68, from, to, SERVICE_VLAN, 7, VLAN, 42),
                Frames.random(random, 900, from, to),
                new OddFrames(random, from, to).stp());
    }

    @Test
    void badExpressionInOneLine() {
        List<String> arguments = List.of(
                "bridge",
                "d0",
                "d1",
                "--control",
                folder.resolve("control.sock").toString(),
                "--filter",
                "not stpp");
        try (NetLab lab = NetLab.open();
                Child ifqd = lab.start(Node.DUT, Ifqd.command(arguments))) {
            Assertions.assertEquals(2, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertEquals(1, ifqd.err().lines().count(), ifqd::toString);
            Assertions.assertTrue(
                    ifqd.err().contains("'not stpp'") && ifqd.err().contains("d0"), ifqd::toString);
            Assertions.assertEquals("", ifqd.out());
        }
    }
}
