package org.ifqd.linux.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Runs the tools that our answers are compared with. */
public final class Shell {
    private Shell() {}

    /** Runs a command; returns what it printed, error output included; a failure fails the test. */
    public static String run(String... command) {
        return run(List.of(command), "");
    }

    /** As {@link #run(String...)}, with standard input. */
    public static String run(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes());
            }
            String output = new String(process.getInputStream().readAllBytes());
            int status = process.waitFor();
            if (status != 0) {
                throw new AssertionError(String.join(" ", command) + ": exit status " + status + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Skips the test, with the reason, unless we are root and the tools are there; see {@link Requires}. */
    public static void assumeRootAnd(String... tools) {
        Requires.that("root".equals(System.getProperty("user.name")), "needs root to make interfaces");
        assumeTools(tools);
    }

    /** Skips the test, with the reason, unless the tools are there. */
    public static void assumeTools(String... tools) {
        for (String tool : tools) {
            boolean there = Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
            Requires.that(there, "needs " + tool + " in the PATH");
        }
    }

    /** One line of {@code /sys/class/net/NAME/}. */
    public static String sysfs(String name, String attribute) {
        return line(Path.of("/sys/class/net", name, attribute));
    }

    /** How many queues of a direction, {@code rx} or {@code tx}, are in use according to sysfs. */
    public static String queues(String name, String direction) {
        try (Stream<Path> queues = Files.list(Path.of("/sys/class/net", name, "queues"))) {
            return Long.toString(queues.filter(q -> q.getFileName().toString().startsWith(direction))
                    .count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many descriptors this process has open. */
    public static long openDescriptors() {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
