package org.ifqd.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ports are plugged into one switch: a kernel bridge in the generator's namespace that has the sink's cable as well. */
@Tag("e2e")
@Timeout(120)
class LoopE2eTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping");
    }

    @Test
    void isStoppedAndForwardsAgainWhenItIsGone() {
        try (NetLab lab = NetLab.open()) {
            lab.run(Node.SINK, "ip", "link", "set", "s0", "netns", lab.namespace(Node.GEN));
            lab.run(Node.GEN, "ip", "link", "add", "sw0", "type", "bridge", "stp_state", "0");
            for (String link : new String[] {"g0", "s0"}) {
                lab.run(Node.GEN, "ip", "addr", "flush", "dev", link);
                lab.run(Node.GEN, "ip", "link", "set", link, "master", "sw0", "up");
            }
            lab.run(Node.GEN, "ip", "link", "set", "sw0", "up");
            lab.run(Node.GEN, "ip", "addr", "add", "198.18.0.1/24", "dev", "sw0");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder)) {
                broadcast(lab);
                Await.until(LIMIT, () -> "the loop to be noticed", () -> looped(ifqd));
                lab.run(Node.GEN, "ip", "link", "set", "s0", "nomaster");
                Await.until(LIMIT, () -> "the loop to be gone", () -> !looped(ifqd));
                long before = ifqd.stats().port(NetLab.Nic.d1).txFrames();
                Await.until(LIMIT, () -> "frames to pass again", () -> {
                    broadcast(lab);
                    return ifqd.stats().port(NetLab.Nic.d1).txFrames() > before;
                });
                Stats stats = ifqd.stats(); // not compared with the interfaces, which count the probes as well
                stats.assertConserved();
                Assertions.assertTrue(stats.port(NetLab.Nic.d1).drop("own") > 0, stats::json);
                ifqd.terminate();
            }
        }
    }

    private static boolean looped(Ifqd ifqd) {
        return ifqd.stats().json().contains("\"looped\":true");
    }

    /** Asks for an address that nobody has. */
    private static void broadcast(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-n", "-q", "-c", "1", "-W", "1", "198.18.0.77")) {
            ping.awaitExit(Duration.ofSeconds(10));
        }
    }
}
