package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be done is said in one line, with exit status 2, before anything is opened. */
class BridgeErrorsTest {
    @TempDir
    private Path directory;

    private String refused(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        assertEquals(2, status, err.toString());
        assertEquals("", out.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("ifqd: "), err.toString());
        return err.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bridge                                 | IF1
            bridge d0                              | IF2
            bridge d0 d0                           | d0 is given twice; a bridge needs two different interfaces
            bridge d0 d1 --workers 0               | workers 0 is not in 1..64
            bridge d0 d1 --workers many            | many
            bridge d0 d1 --tx-ring 1000            | tx-ring 1000 is not a power of two
            bridge d0 d1 --rx-ring 8MB             | '8MB' is not a size
            bridge d0 d1 --rx-ring 99999999999GiB  | '99999999999GiB' is not a size
            bridge d0 d1 --queue 0                 | queue 0 is not in
            bridge d0 d1 --backend dpdk            | dpdk
            bridge d0 d1 --start never             | never
            dance                                  | there are: benchmark, bridge, check
            stat                                   | did you mean 'stats'?
            bridge d0 d1 --quene 5                 | did you mean '--queue'?
            """)
    void usage(String command, String part) {
        String line = refused(command.split(" "));
        assertTrue(line.contains(part), line);
    }

    @Test
    void noSuchInterface() {
        String line = refused("bridge", "ifqd-none0", "ifqd-none1");
        assertTrue(line.startsWith("ifqd: no such interface: ifqd-none0; there are: "), line);
        assertTrue(line.contains("lo"), line);
    }

    @Test
    void anInterfaceThatIsDown() {
        try (VethPair pair = new VethPair()) {
            assertEquals(
                    "ifqd: " + pair.left() + " is down; ip link set " + pair.left() + " up",
                    refused("bridge", pair.left(), pair.right()));
        }
    }

    @Test
    void noEthernet() {
        assertEquals("ifqd: lo is not an Ethernet interface; see ifqd interfaces", refused("bridge", "lo", "lo2"));
    }

    @Test
    void ringsThatDoNotFit() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            pair.up();
            String line = refused("bridge", pair.left(), pair.right(), "--rx-ring", "512GiB");
            assertTrue(line.contains("rings of 1048578 MiB in all do not fit in memory"), line);
            assertTrue(line.contains("use a smaller --rx-ring"), line);
        }
    }

    @Test
    void statsOfNobody() {
        String path = directory.resolve("nobody.sock").toString();
        String line = refused("stats", "--control", path);
        assertTrue(line.startsWith("ifqd: no running ifqd answers at " + path), line);
    }
}
