package org.ifqd.linux.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has of the kernel for its ports: sockets and wake-ups, rings, threads. The JVM opens files when it
 * first needs them, maps and unmaps its heap, starts compilers; that is not counted.
 */
public record Holdings(long descriptors, long mappings, long threads) {

    /** Of this process. */
    public static Holdings now() {
        return of(ProcessHandle.current().pid());
    }

    public static Holdings of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> fds = Files.list(proc.resolve("fd"));
                Stream<Path> tasks = Files.list(proc.resolve("task"));
                Stream<String> maps = Files.lines(proc.resolve("maps"))) {
            return new Holdings(
                    fds.map(Holdings::target)
                            .filter(target -> target.startsWith("socket:") || target.contains("[eventfd]"))
                            .count(),
                    maps.filter(line -> line.contains("socket:")).count(),
                    tasks.map(Holdings::name)
                            .filter(name -> name.startsWith("rx-")
                                    || name.startsWith("ifq")
                                            && !name.startsWith("ifqd-log")) // begins with the first error
                            .count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isAtMost(Holdings other) {
        return descriptors <= other.descriptors && mappings <= other.mappings && threads <= other.threads;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // ended meanwhile
        }
    }
}
