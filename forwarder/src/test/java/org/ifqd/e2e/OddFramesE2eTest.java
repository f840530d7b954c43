package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** One of each odd frame crosses in both directions, byte for byte. {@code -Difqd.seed=N} repeats a run. */
@Tag("e2e")
class OddFramesE2eTest {
    private final long seed = Long.getLong("ifqd.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("tcpreplay", "tcpdump");
    }

    @BeforeEach
    void printSeed(TestInfo test) {
        System.out.println(test.getDisplayName() + ": -Difqd.seed=" + seed);
    }

    @Test
    void linkLocalProtocols() throws IOException {
        bothWays(1500, OddFrames::linkLocal);
    }

    @Test
    void otherProtocols() throws IOException {
        bothWays(1500, OddFrames::otherProtocols);
    }

    @Test
    void fragments() throws IOException {
        bothWays(1500, OddFrames::fragments);
    }

    @Test
    void tagsOfEveryKind() throws IOException {
        bothWays(1500, OddFrames::tagged);
    }

    @Test
    void runts() throws IOException {
        bothWays(1500, OddFrames::runts);
    }

    @Test
    void jumbo() throws IOException {
        Requires.otherThan("af_xdp", "no frames longer than a chunk yet");
        bothWays(
                9000,
                odd -> List.of(odd.plain(4000), odd.tagged(4000), odd.plain(9014), odd.tagged(9018), odd.plain(60)));
    }

    private void bothWays(int mtu, Function<OddFrames, List<byte[]>> frames) throws IOException {
        try (NetLab lab = NetLab.open()) {
            for (Nic nic : Nic.values()) {
                lab.run(nic.node, "ip", "link", "set", nic.name(), "mtu", Integer.toString(mtu));
            }
            Exchange.run(
                    lab,
                    folder,
                    List.of(),
                    frames.apply(new OddFrames(random, NetLab.GEN_MAC, NetLab.SINK_MAC)),
                    frames.apply(new OddFrames(random, NetLab.SINK_MAC, NetLab.GEN_MAC)),
                    Frames::assertEqual);
        }
    }
}
