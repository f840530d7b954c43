package org.ifqd.e2e;

import java.nio.file.Path;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asked to stop while both directions are under full load: drains, accounts for every frame, ends with status 0. */
@Tag("e2e")
class StopUnderLoadE2eTest {
    private static final long ENDLESS = 20_000_000; // more than can be sent while the test runs
    private static final long UNDER_LOAD = 50_000;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("trafgen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void drains(String signal) {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder);
                Child there = Trafgen.flood(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, ENDLESS);
                Child back = Trafgen.flood(lab, Nic.s0, Trafgen.SMALL_FRAME_TO_GEN, ENDLESS)) {
            Await.until(() -> "load on " + ifqd.stats().json(), () -> {
                Stats stats = ifqd.stats();
                return stats.port(Nic.d0).txFrames() > UNDER_LOAD
                        && stats.port(Nic.d1).txFrames() > UNDER_LOAD;
            });
            FinalTable table = ifqd.stop(signal);
            Assertions.assertTrue(there.isAlive() && back.isAlive(), "the load was to go on until the end");

            assertOnTheWire(lab, table.row("d0 -> d1"), Nic.d1);
            assertOnTheWire(lab, table.row("d1 -> d0"), Nic.d0);
        }
    }

    /** What the table calls sent is what the interface has sent. */
    private static void assertOnTheWire(NetLab lab, FinalTable.Row row, Nic egress) {
        NetLab.Counters wire = lab.counters(egress);
        Assertions.assertEquals(wire.txFrames() + wire.txDropped(), row.sent(), () -> row + " " + wire);
    }
}
