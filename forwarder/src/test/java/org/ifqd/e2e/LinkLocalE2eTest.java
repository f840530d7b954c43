package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --link-local}: the classes that it names are dropped and counted, in both directions; all others pass. */
@Tag("e2e")
class LinkLocalE2eTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump");
    }

    @Test
    void dropsWhatItNames() throws IOException {
        Random random = new Random(1);
        OddFrames there = new OddFrames(random, NetLab.GEN_MAC, NetLab.SINK_MAC);
        OddFrames back = new OddFrames(random, NetLab.SINK_MAC, NetLab.GEN_MAC);
        byte[] taggedStp = there.stp(); // the policy looks at the destination, tag or not
        System.arraycopy(new byte[] {(byte) 0x81, 0, 0, 42}, 0, taggedStp, 12, 4);
        try (NetLab lab = NetLab.open()) {
            Stats stats = Exchange.run(
                    lab,
                    folder,
                    List.of("--link-local", "stp=drop,lacp=drop"),
                    List.of(there.stp(), there.lldp(), there.lacp(), taggedStp, there.pause(), there.plain(60)),
                    List.of(back.lldp(), back.stp(), back.cdp(), back.lacp(), back.dot1x(), back.pvst()),
                    frame -> !isTo(OddFrames.STP_ADDRESS, frame) && !isTo(OddFrames.LACP_ADDRESS, frame),
                    Frames::assertEqual);
            Assertions.assertEquals(3, stats.port(Nic.d1).drop("linkLocal"), stats::json);
            Assertions.assertEquals(2, stats.port(Nic.d0).drop("linkLocal"), stats::json);
            Assertions.assertEquals(3, stats.port(Nic.d1).dropped(), stats::json);
            Assertions.assertEquals(2, stats.port(Nic.d0).dropped(), stats::json);
        }
    }

    private static boolean isTo(String mac, byte[] frame) {
        return HexFormat.ofDelimiter(":").formatHex(frame, 0, 6).equals(mac);
    }
}
