package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More than ifqd can hold: frames are lost, and every lost one is counted, by its reason. */
@Tag("e2e")
class OverloadE2eTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen", "taskset");
    }

    /** A forwarder that is not scheduled at all is the worst overload: the receive ring runs over for certain. */
    @Test
    void stoppedInTheMiddle() {
        long frames = 400_000;
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder)) {
            ifqd.process().signal("STOP");
            try (Child trafgen = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, frames)) {
                trafgen.awaitSuccess();
            } finally {
                ifqd.process().signal("CONT"); // or it could not be ended
            }
            Stats stats = ifqd.awaitQuiet();
            Assertions.assertTrue(stats.port(Nic.d0).kernelDrops() > 0, stats::json);
            assertAllCounted(lab, stats, frames, Nic.g0, Nic.d0, Nic.d1, Nic.s0);
            ifqd.terminate();
        }
    }

    /**
     * Forwarder and generators share one core, in both directions, with the smallest queues: drops wherever they can
     * be.
     */
    @Test
    void oneCoreForAll() {
        long frames = 1_000_000;
        String[] core = {"taskset", "-c", "0"};
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(
                        lab, List.of(core), folder, "--rx-ring", "512KiB", "--tx-ring", "64", "--queue", "64");
                Child there = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, frames, core);
                Child back = Trafgen.flood(lab, Nic.s0, Trafgen.SMALL_FRAME_TO_GEN, frames, core)) {
            while (there.isAlive() || back.isAlive()) {
                ifqd.stats(); // adds up at any moment, not only in the end
            }
            there.awaitSuccess();
            back.awaitSuccess();
            Stats stats = ifqd.awaitQuiet();
            assertAllCounted(lab, stats, frames, Nic.g0, Nic.d0, Nic.d1, Nic.s0);
            assertAllCounted(lab, stats, frames, Nic.s0, Nic.d1, Nic.d0, Nic.g0);
            ifqd.terminate();
        }
    }

    /**
     * Follows the frames of one direction from counter to counter: the generator, the ring, the queue, the wire, the
     * sink.
     */
    private static void assertAllCounted(NetLab lab, Stats stats, long frames, Nic from, Nic in, Nic out, Nic to) {
        NetLab.Counters generator = lab.counters(from);
        NetLab.Counters egress = lab.counters(out);
        Stats.Port ingressPort = stats.port(in);
        Stats.Port egressPort = stats.port(out);
        String all = generator + " " + egress + " " + stats.json();
        Assertions.assertEquals(frames, generator.txFrames() + generator.txDropped(), all);
        Assertions.assertEquals(generator.txFrames(), ingressPort.rxFrames() + ingressPort.kernelDrops(), all);
        Assertions.assertEquals(ingressPort.rxFrames(), egressPort.txFrames() + egressPort.dropped(), all);
        Assertions.assertEquals(egressPort.txFrames(), egress.txFrames() + egress.txDropped(), all);
        Assertions.assertEquals(egress.txFrames(), lab.counters(to).rxFrames(), all);
    }
}
