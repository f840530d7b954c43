package org.ifqd.e2e;

import java.nio.file.Path;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both ports are plugged into one switch: a kernel bridge in the generator's namespace that has the sink's cable as
 * well.
 */
@Tag("e2e")
class LoopE2eTest {

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "bridge", "python3", "trafgen");
    }

    /** A filter keeps frames from ifqd, not its own probes. */
    @ParameterizedTest
    @ValueSource(strings = {"", "arp or icmp"})
    void isStoppedAndForwardsAgainWhenItIsGone(String filter) {
        if (!filter.isEmpty()) {
            Requires.otherThan("af_xdp", "af_xdp has no filter");
        }
        try (NetLab lab = NetLab.open()) {
            plugIntoOneSwitch(lab);
            try (Ifqd ifqd = Ifqd.bridge(lab, folder, "--filter", filter)) {
                broadcast(lab);
                Await.until(() -> "the loop to be noticed", () -> looped(ifqd));
                lab.run(Node.GEN, "ip", "link", "set", "s0", "nomaster");
                awaitTheEnd(lab, ifqd);
                ifqd.terminate();
            }
        }
    }

    /**
     * Spanning tree is switched on beside a pair that is stopped: its BPDUs pass, so that it finds the loop and blocks
     * a port.
     */
    @Test
    void isLeftToSpanningTree() {
        try (NetLab lab = NetLab.open()) {
            plugIntoOneSwitch(lab);
            try (Ifqd ifqd = Ifqd.bridge(lab, folder)) {
                broadcast(lab);
                Await.until(() -> "the loop to be noticed", () -> looped(ifqd));
                lab.ip(Node.GEN, "link set sw0 type bridge hello_time 100 forward_delay 200 max_age 600");
                lab.ip(Node.GEN, "link set sw0 type bridge stp_state 1");
                Await.until(() -> "a blocked port", () -> lab.run(Node.GEN, "bridge", "link", "show")
                        .contains("state blocking"));
                awaitTheEnd(lab, ifqd);
                ifqd.terminate();
            }
        }
    }

    /** What a load test puts at one end: whatever arrives goes back by the way it came. That is no loop. */
    @Test
    void aOneArmedReflectorIsNone() {
        try (NetLab lab = NetLab.open();
                Child reflector = lab.start(Node.SINK, "timeout", "60", "python3", "-c", REFLECTOR)) {
            reflector.awaitText("ready");
            try (Ifqd ifqd = Ifqd.bridge(lab, folder)) {
                Await.until(() -> "a probe that came back", () -> {
                    send(Trafgen.paced(lab, NetLab.Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 50, 200));
                    Stats stats = ifqd.stats();
                    return stats.port(NetLab.Nic.d0).drop("own")
                                    + stats.port(NetLab.Nic.d1).drop("own")
                            > 0;
                });
                long before = ifqd.stats().port(NetLab.Nic.d0).txFrames();
                send(Trafgen.flood(lab, NetLab.Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, FRAMES));
                Await.until(
                        () -> "all frames back: " + ifqd.stats().json(),
                        () -> ifqd.stats().port(NetLab.Nic.d0).txFrames() >= before + FRAMES);
                Assertions.assertFalse(looped(ifqd));
                ifqd.stats().assertConserved();
                ifqd.terminate();
            }
        }
    }

    private static final int FRAMES = 500;

    private static final String REFLECTOR = """
            import socket
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            s.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
            s.bind(("s0", 3))
            print("ready", flush=True)
            while True:
                frame, origin = s.recvfrom(65536)
                if origin[2] != socket.PACKET_OUTGOING:
                    s.send(frame)
            """;

    private static void send(Child frames) {
        try (frames) {
            frames.awaitSuccess();
        }
    }

    private static void plugIntoOneSwitch(NetLab lab) {
        lab.run(Node.SINK, "ip", "link", "set", "s0", "netns", lab.namespace(Node.GEN));
        lab.run(Node.GEN, "ip", "link", "add", "sw0", "type", "bridge", "stp_state", "0");
        for (String link : new String[] {"g0", "s0"}) {
            lab.run(Node.GEN, "ip", "addr", "flush", "dev", link);
            lab.run(Node.GEN, "ip", "link", "set", link, "master", "sw0", "up");
        }
        lab.run(Node.GEN, "ip", "link", "set", "sw0", "up");
        lab.run(Node.GEN, "ip", "addr", "add", "198.18.0.1/24", "dev", "sw0");
    }

    private static void awaitTheEnd(NetLab lab, Ifqd ifqd) {
        Await.until(() -> "the loop to be gone", () -> !looped(ifqd));
        long before = ifqd.stats().port(NetLab.Nic.d1).txFrames();
        Await.until(() -> "frames to pass again", () -> {
            broadcast(lab);
            return ifqd.stats().port(NetLab.Nic.d1).txFrames() > before;
        });
        Stats stats = ifqd.stats(); // not compared with the interfaces, which count the probes as well
        stats.assertConserved();
        Assertions.assertTrue(stats.port(NetLab.Nic.d1).drop("own") > 0, stats::json);
    }

    private static boolean looped(Ifqd ifqd) {
        return ifqd.stats().json().contains("\"looped\":true");
    }

    /** Asks for an address that nobody has. */
    private static void broadcast(NetLab lab) {
        try (Child ping = lab.start(Node.GEN, "ping", "-n", "-q", "-c", "1", "-W", "1", "198.18.0.77")) {
            ping.awaitExit();
        }
    }
}
