package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class AmountTest {
    @Command
    static final class Numbers {
        @Option(names = "-l")
        private long whole;

        @Option(names = "-i")
        private Integer small;

        @Option(names = "-d")
        private double real;
    }

    private final Numbers numbers = new Numbers();
    private final CommandLine commandLine = Amount.register(new CommandLine(numbers));

    @ParameterizedTest
    @CsvSource({
        "1000, 1000",
        "100k, 100000",
        "1.5M, 1500000",
        "2G, 2000000000",
        "-3, -3",
        "0, 0",
        "1000000000000, 1000000000000"
    })
    void asPeopleWriteThem(String text, long expected) {
        commandLine.parseArgs("-l", text, "-d", text);
        assertEquals(expected, numbers.whole);
        assertEquals((double) expected, numbers.real);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", ".25, 0.25", "1.5k, 1500"})
    void parts(String text, double expected) {
        commandLine.parseArgs("-d", text);
        assertEquals(expected, numbers.real);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "1kk", "1e3", "0x10", "ten", "1.5", "0.0001k", "99999999999G", "3G"})
    void whatIsNoneOfItsOption(String text) {
        ParameterException e = assertThrows(ParameterException.class, () -> commandLine.parseArgs("-i", text));
        assertTrue(e.getMessage().contains("-i"), e.getMessage());
    }
}
