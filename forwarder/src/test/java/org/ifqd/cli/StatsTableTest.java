package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatsTableTest {
    private static StatsNode stats(long frames) throws IOException {
        return new StatsNode(JSON.std.mapFrom("""
            {"ports":[{"name":"eth1","state":"RUNNING","rx":{"frames":%1$d,"bytes":%2$d,"kernelDrops":0},
            "tx":{"frames":%1$d,"bytes":%2$d},"drops":{"queueFull":7,"refused":0},"queue":{"length":3}}],"unaccounted":0,
            "version":"1.2","uptimeSeconds":183845,"pairs":[{"name":"eth1 <-> eth2","ports":[]}]}
            """.formatted(frames, 125 * frames)));
    }

    private static List<String> lines(StatsTable table, StatsNode stats, long nowNs) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text), stats, nowNs);
        return text.toString().lines().map(line -> line.replaceAll("\\s+", " ")).toList();
    }

    @Test
    void ratesHaveUnitsThatFit() throws IOException {
        StatsTable table = new StatsTable();
        List<String> first = lines(table, stats(1000), 0);
        assertEquals("ifqd 1.2, up 2 d 03:04:05, eth1 <-> eth2", first.getFirst());
        assertEquals("eth1 RUNNING 1000 1000 - - - - 3 0 queueFull=7", first.get(2));
        assertEquals(
                "eth1 RUNNING 1998 1998 499 499 499.0 k 499.0 k 3 0 queueFull=7",
                lines(table, stats(1998), 2_000_000_000L).get(2));
        assertEquals(
                "eth1 RUNNING 5 5 - - - - 3 0 queueFull=7",
                lines(table, stats(5), 3_000_000_000L).get(2),
                "the port was opened anew");
    }
}
