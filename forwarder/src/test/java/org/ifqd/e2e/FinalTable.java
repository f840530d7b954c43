package org.ifqd.e2e;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** The table that {@code ifqd bridge} prints when it ends. */
record FinalTable(String text, List<Row> rows) {
    private static final String HEADER = "direction received sent dropped queued unaccounted";

    /** One direction. */
    record Row(String direction, long received, long sent, long dropped, long queued, long unaccounted) {
        static Row parse(String line) {
            String[] words = line.trim().split("\\s+");
            long[] numbers =
                    Arrays.stream(words, 3, 8).mapToLong(Long::parseLong).toArray();
            String direction = String.join(" ", words[0], words[1], words[2]);
            return new Row(direction, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        }
    }

    /** Reads the table, the last four lines of what ifqd has printed. */
    static FinalTable parse(String out) {
        List<String> lines = out.lines().toList();
        Assertions.assertTrue(lines.size() >= 5, out); // the ready line and the table
        List<String> table = lines.subList(lines.size() - 4, lines.size());
        Assertions.assertEquals(HEADER, table.get(0).trim().replaceAll("\\s+", " "), out);
        Assertions.assertEquals("unaccounted 0", table.get(3), out);
        return new FinalTable(out, List.of(Row.parse(table.get(1)), Row.parse(table.get(2))));
    }

    Row row(String direction) {
        return rows.stream()
                .filter(row -> row.direction().equals(direction))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + direction + " in\n" + text));
    }

    void assertConserved() {
        for (Row row : rows) {
            Assertions.assertEquals(row.received(), row.sent() + row.dropped() + row.queued(), text);
            Assertions.assertEquals(0, row.unaccounted(), text);
        }
    }
}
