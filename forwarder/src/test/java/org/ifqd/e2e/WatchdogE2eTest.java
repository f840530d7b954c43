package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process in which something hangs says so and ends; one that was only stopped for a while goes on. */
@Tag("e2e")
class WatchdogE2eTest {

    /** What the transmit ring is kicked with; netlink, which has a sendto of its own, goes on. */
    private static final String KICK = "sendtoQuick";

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("ping", "trafgen");
    }

    private Child hanging(NetLab lab, int seconds) throws IOException {
        Path config = folder.resolve("ifqd.toml");
        Files.writeString(config, """
                [[bridge]]
                ports = ["d0", "d1"]
                [control]
                path = "%s"
                [watchdog]
                seconds = %d
                """.formatted(folder.resolve("control.sock"), seconds));
        List<String> command = new ArrayList<>(Ifqd.command(List.of()));
        command.set(command.size() - 1, HangingIfqd.class.getName());
        command.addAll(List.of(
                config.toString(),
                folder.resolve("hang").toString(),
                folder.resolve("stop").toString()));
        Child child = lab.start(Node.DUT, command);
        child.awaitText("ready: d0 <-> d1");
        return child;
    }

    /** At once, with all that is in it. */
    private void write(String name, String text) throws IOException {
        Path half = Files.writeString(folder.resolve(name + ".half"), text);
        Files.move(half, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void ping(NetLab lab, String count) {
        lab.run(Node.GEN, "ping", "-q", "-c", count, "-i", "0.05", NetLab.SINK_IP);
    }

    /** One line that starts like this, and holds all of that. */
    private static void assertCoreMessage(Child child, String start, String... parts) {
        List<String> lines =
                child.err().lines().filter(line -> line.contains("watchdog: ")).toList();
        Assertions.assertEquals(1, lines.size(), child::toString);
        String line = lines.getFirst();
        Assertions.assertTrue(line.contains("watchdog: ") && line.contains(start), child::toString);
        for (String part : parts) {
            Assertions.assertTrue(line.contains(part), () -> part + " is not in " + line);
        }
    }

    @Test
    void aTransmitCallThatHangsEndsTheProcess() throws IOException {
        try (NetLab lab = NetLab.open();
                Child child = hanging(lab, 3)) {
            ping(lab, "3");
            write("hang", KICK);
            try (Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 100_000, 1_000)) {
                Assertions.assertEquals(1, child.awaitExit(), child::toString);
                Assertions.assertTrue(load.isAlive(), load::toString);
            }
            assertCoreMessage(
                    child,
                    "start routine of d1 has made no progress for ",
                    " s: thread rx-d0 is at org.ifqd.",
                    "; stack of rx-d0 (state S",
                    "PacketTransmitter.start",
                    "the process ends, status 1");
            FinalTable table = FinalTable.parse(child.out());
            table.assertConserved();
        }
    }

    /** The barrier tells after 2 seconds where it waits; nobody could end this process but SIGKILL. */
    @Test
    void aStopBehindACallThatHangsEnds() throws IOException {
        try (NetLab lab = NetLab.open();
                Child child = hanging(lab, 3)) {
            ping(lab, "3");
            write("hang", "munmap");
            write("stop", "");
            Assertions.assertEquals(1, child.awaitExit(), child::toString);
            assertCoreMessage(
                    child, "controlling thread, at d0 <-> d1,", "Mapping.close", "PacketPort.release", "status 1");
            FinalTable.parse(child.out());
        }
    }

    @Test
    void aBarrierThatWaitsForACallThatHangsSaysSo() throws IOException {
        try (NetLab lab = NetLab.open();
                Child child = hanging(lab, 8)) {
            ping(lab, "3");
            write("hang", KICK);
            try (Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 100_000, 1_000)) {
                child.awaitText("start routine of d1 has made no progress for ");
                lab.link(Nic.s0, "down"); // the port is paused, behind the barrier
                child.awaitText("d1: start barrier waits for 2000 ms, rx-d0 is at org.ifqd.");
                Assertions.assertEquals(1, child.awaitExit(), child::toString);
                Assertions.assertTrue(load.isAlive(), load::toString);
            }
            assertCoreMessage(
                    child,
                    "start routine of d1 has made no progress for ",
                    "TaskListSerializer.barrier",
                    "stack of main");
        }
    }

    /** For longer than the limit: whoever was stopped could not move. */
    @Test
    void aProcessThatWasStoppedGoesOn() throws IOException, InterruptedException {
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--watchdog", "3");
                Child load = Trafgen.paced(lab, Nic.g0, Trafgen.SMALL_FRAME_TO_SINK, 3_000_000, 50_000)) {
            ping(lab, "3");
            for (int i = 0; i < 2; i++) {
                ifqd.process().signal("STOP");
                Thread.sleep(5_000); // what is waited for is the time
                ifqd.process().signal("CONT");
                ping(lab, "3");
            }
            Assertions.assertTrue(load.isAlive(), load::toString);
            ifqd.terminate();
            Assertions.assertFalse(ifqd.process().err().contains("no progress"), ifqd.process()::toString);
        }
    }
}
