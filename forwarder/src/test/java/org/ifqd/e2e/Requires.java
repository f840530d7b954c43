package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Probes what a test needs of the machine. Where something is missing the test is skipped and says what; with {@code
 * IFQD_REQUIRE=all} in the environment, as {@code scripts/test} sets it, it fails: a group that had to run was not run.
 */
final class Requires {
    private static final boolean REQUIRED = "all".equals(System.getenv("IFQD_REQUIRE"));

    private Requires() {}

    /** Root, network namespaces, the tools that every lab needs, and those named. */
    static void labAnd(String... tools) {
        List<String> missing = new ArrayList<>();
        if (!isRoot()) {
            missing.add("root");
        }
        Stream.concat(Stream.of("ip", "sysctl", "ethtool"), Stream.of(tools))
                .filter(tool -> !isInstalled(tool))
                .forEach(missing::add);
        if (missing.isEmpty() && !canMakeNamespaces()) {
            missing.add("permission to make network namespaces");
        }
        if (!missing.isEmpty()) {
            String reason = "needs " + String.join(", ", missing) + "; run scripts/test as root";
            if (REQUIRED) {
                Assertions.fail(reason);
            }
            System.out.println("skipped: " + reason); // the runner keeps the reason of a skipped class to itself
            Assumptions.abort(reason);
        }
    }

    /** Skips a test that cannot pass with the backend that {@code IFQD_BACKEND} asks for, and says why. */
    static void otherThan(String backend, String reason) {
        if (backend.equals(System.getenv("IFQD_BACKEND"))) {
            System.out.println("skipped with " + backend + ": " + reason);
            Assumptions.abort(reason);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0); // owned by the effective user
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isInstalled(String tool) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
    }

    private static boolean canMakeNamespaces() {
        String name = "ifqd-probe-" + ProcessHandle.current().pid();
        try (Child add = Child.start(List.of("ip", "netns", "add", name))) {
            if (add.awaitExit() != 0) {
                return false;
            }
        }
        Child.run("ip", "netns", "del", name);
        return true;
    }
}
