package org.ifqd.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ifqd.port.PortOptions;
import org.junit.jupiter.api.Test;

/**
 * Pinned workers that never sleep: where they run, and that those of one processor share a thread, is read back from
 * the kernel.
 */
class CpusTest {
    private static final PortOptions PINNED = new PortOptions(1, 2 << 20, 128, 4096, List.of(0), true);

    @Test
    void workersRunWhereTheyAreTold() throws InterruptedException, IOException {
        try (BridgeLab lab = new BridgeLab();
                Bridge bridge = lab.bridge(PINNED)) {
            bridge.start();
            lab.left.send(BridgeLab.frame(60), 500);
            lab.right.send(BridgeLab.frame(60), 500);
            BridgeLab.awaitReceived(bridge, 1000);
            assertEquals("0", allowed("rx-" + lab.leftCable.right()));
            assertEquals("no thread", allowed("rx-" + lab.rightCable.left()));
            assertEquals("", bridge.drain(5_000));
            assertEquals(0, Bridge.unaccounted(bridge.snapshot()));
            assertEquals(0, bridge.unbooked());
        }
    }

    private static String allowed(String thread) throws IOException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                List<String> status = Files.readAllLines(task.resolve("status"));
                if (status.getFirst().startsWith("Name:\t" + thread)) {
                    return status.stream()
                            .filter(line -> line.startsWith("Cpus_allowed_list:"))
                            .findFirst()
                            .orElseThrow()
                            .split("\\s+")[1];
                }
            }
        }
        return "no thread";
    }
}
