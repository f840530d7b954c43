package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has written several things wrong is told all of them at once, each in a line. */
class AllMistakesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bridge a b --workers x --tx-ring y|2|--workers|--tx-ring",
                "bridge a b --workers 0 --tx-ring 3 --queue 0 --max-age x|4|workers 0|tx-ring 3",
                "bridge a b --workers 0|1|workers 0|1..64",
                "bridge a b --tx-ring 17|1|tx-ring 17|power of two",
                "bridge a b --cpus x --scheduling y --watchdog 1|3|x|--watchdog",
                "bridge a b --foo --bar|1|--foo|--bar",
                "bridge a|1|IF2|bridge --help",
                "probe a b --rate x --count y --flows z|3|--rate|--flows",
                "stats --jso|1|--json|stats --help",
                "brige a b|1|brige|bridge"
            })
    void eachInALine(String arguments, int lines, String one, String other) {
        StringWriter err = new StringWriter();
        int status = Main.commandLine().setErr(new PrintWriter(err)).execute(arguments.split(" "));
        List<String> said = err.toString().lines().toList();
        assertEquals(2, status, err::toString);
        assertEquals(lines, said.size(), err::toString);
        assertTrue(said.stream().allMatch(line -> line.startsWith("ifqd: ")), err::toString);
        assertTrue(err.toString().contains(one) && err.toString().contains(other), err::toString);
    }
}
