package org.ifqd.linux.lab;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. Where it is not met the test is skipped and says why; with IFQD_REQUIRE=all in the
 * environment it fails.
 */
public final class Requires {
    private Requires() {}

    public static void that(boolean met, String reason) {
        if (met) {
            return;
        }
        if ("all".equals(System.getenv("IFQD_REQUIRE"))) {
            fail("IFQD_REQUIRE=all: " + reason);
        }
        Assumptions.abort(reason);
    }

    /** The test runs as root. */
    public static void root() {
        try {
            that(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        } catch (IOException e) {
            that(false, "needs /proc");
        }
    }
}
