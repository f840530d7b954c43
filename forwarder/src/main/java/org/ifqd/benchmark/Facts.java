package org.ifqd.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Where it was measured: what a reader needs to judge the figures, and to measure again. */
final class Facts {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    private Facts() {}

    static Map<String, String> of(BenchmarkConfig config) {
        Map<String, String> map = new LinkedHashMap<>();
        String version = Facts.class.getPackage().getImplementationVersion();
        map.put("from", config.out().toString());
        map.put("to", config.in().toString());
        map.put("host", read(HOST));
        map.put("kernel", read(RELEASE));
        map.put("processor", processor() + ", " + Runtime.getRuntime().availableProcessors() + " usable");
        map.put("tester", "ifqd " + (version == null ? "(not packaged)" : version));
        map.put("method", "RFC 2544, RFC 9004, draft-ietf-bmwg-mlrsearch-15");
        return map;
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | UncheckedIOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
