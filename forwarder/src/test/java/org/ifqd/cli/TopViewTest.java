package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final long TWO_SECONDS_NS = 2_000_000_000L;

    private static TopSample sample(long atNs, long frames, long kernelDrops, String buckets) throws IOException {
        String json = """
            {"ports":[{"name":"eth1","state":"RUNNING","rx":{"frames":%1$d,"bytes":%2$d,"kernelDrops":%3$d},
            "tx":{"frames":%1$d,"bytes":%2$d},"drops":{"queueFull":7,"refused":0},
            "queue":{"length":3,"maxLength":9,"capacity":64,"oactive":true,"oactives":%1$d},
            "serializer":{"enters":%1$d,"spins":0,"contended":0},"latency":{"maxNs":12345678,"buckets":%4$s},
            "workers":[{"name":"rx-eth1","state":"AWAKE","frames":%1$d,"bytes":%2$d,"batches":%5$d,"wakeUps":0,
            "kernelDrops":%3$d,"cpuNs":%1$d}]}],"unaccounted":0}
            """.formatted(frames, 100 * frames, kernelDrops, buckets, frames / 10);
        return new TopSample(new StatsNode(JSON.std.mapFrom(json)), atNs);
    }

    private static String line(List<String> lines, String start) {
        return lines.stream()
                .map(line -> line.replaceAll("[\1\2]", "").replaceAll("\\s+", " "))
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError(start + " is not in " + lines));
    }

    @Test
    void ratesAreOfTheTimeBetweenTwoLooks() throws IOException {
        TopSample before = sample(0, 1000, 0, "[[1000,10],[5000,1]]");
        TopSample now = sample(TWO_SECONDS_NS, 3000, 50, "[[1000,10],[5000,100],[2000000,1]]");
        List<String> lines = new TopView(before, now).lines();
        assertEquals("eth1 RUNNING 1.0 k 800.0 k 1.0 k 800.0 k 25 5.0 us", line(lines, "eth1 RUNNING"));
        assertEquals("eth1 3 / 64 9 yes 1.0 k 1.0 k 0 0", line(lines, "eth1 3"));
        assertEquals("eth1 5.0 us 5.0 us 5.0 us 2.0 ms 12.3 ms", line(lines, "eth1 5.0"), "only the last two seconds'");
        assertEquals("rx-eth1 awake 1.0 k 800.0 k 100 % 0 % 10.0 0 25", line(lines, "rx-eth1"));
        assertEquals("eth1 receive ring full 25 50", line(lines, "eth1 receive"));
        assertEquals("eth1 queueFull 0 7", line(lines, "eth1 queueFull"));
        assertTrue(lines.stream().noneMatch(line -> line.contains("refused")), "what has never happened has no line");
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith(TopView.ALERT + "eth1            receive ring full")));
        assertTrue(lines.stream().noneMatch(line -> line.startsWith(TopView.ALERT + "eth1            queueFull")));
    }

    @Test
    void withoutAnEarlierLookThereAreNoRates() throws IOException {
        TopSample first = sample(0, 1000, 0, "[[1000,10]]");
        List<String> lines = new TopView(first, first).lines();
        assertEquals("eth1 RUNNING - - - - - -", line(lines, "eth1 RUNNING"));
        assertEquals("rx-eth1 awake - - - - - - -", line(lines, "rx-eth1"));
    }

    @Test
    void whatCountsFitsIn80Columns() throws IOException {
        List<String> lines = new TopView(
                        sample(0, 0, 0, "[]"), sample(TWO_SECONDS_NS, 999_900_000_000L, 50, "[[999900000,1]]"))
                .lines();
        for (String line : lines.subList(0, 2)) {
            assertTrue(line.replaceAll("[\1\2]", "").length() <= 80, line);
        }
    }

    /** A reload has opened the port anew. */
    @Test
    void aCounterThatHasBegunAnewHasNoRate() throws IOException {
        List<String> lines =
                new TopView(sample(0, 3000, 50, "[[1000,10]]"), sample(TWO_SECONDS_NS, 10, 0, "[]")).lines();
        assertEquals("eth1 RUNNING - - - - - -", line(lines, "eth1 RUNNING"));
        assertEquals("eth1 - - - - 12.3 ms", line(lines, "eth1 - -"));
    }

    @Test
    void aDaemonOfAnotherVersionMaySayLess() throws IOException {
        TopSample old = new TopSample(
                new StatsNode(JSON.std.mapFrom("{\"ports\":[{\"name\":\"eth1\",\"state\":\"RUNNING\"}]}")), 0);
        assertEquals("eth1 RUNNING - - - - - -", line(new TopView(old, old).lines(), "eth1 RUNNING"));
    }
}
