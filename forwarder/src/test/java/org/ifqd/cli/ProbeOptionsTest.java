package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong usage is one line and exit status 2, before anything is opened. */
class ProbeOptionsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    probe                                                | two interfaces
                    probe a                                              | two interfaces
                    probe a a                                            | a is given twice
                    probe a b c                                          | two interfaces
                    probe a b --send-only c                              | two interfaces
                    probe --send-only a --receive-only b                 | two interfaces
                    probe --send-only a --both                           | --both needs two interfaces
                    probe a b --size 59                                  | smallest frame is 60 bytes
                    probe a b --size 60 --tag 802.1q:5                   | smallest frame is 64 bytes with 1 tag
                    probe a b --size x                                   | --size x
                    probe a b --rate -1                                  | --rate
                    probe a b --flows 0                                  | --flows
                    probe a b --flows 65537                              | --flows
                    probe a b --stream 32768                             | --stream
                    probe a b --tag 802.1q:4096                          | is not a tag
                    probe a b --src-mac 1                                | is not a MAC address
                    probe a b --seconds -1                               | --seconds
                    probe a b --rx-ring 1TB                              | --rx-ring
                    probe a/b/c d                                        | is not an interface
                    probe ifqdnone0 ifqdnone1                            | no such interface: ifqdnone0
                    """)
    void wrongUsageIsOneLineAndStatusTwo(String arguments, String message) {
        StringWriter err = new StringWriter();
        int status = Main.commandLine().setErr(new PrintWriter(err)).execute(arguments.split(" "));
        assertEquals(2, status, err::toString);
        assertTrue(err.toString().contains(message), err::toString);
        assertEquals(1, err.toString().lines().count(), err::toString);
    }
}
