package org.ifqd.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The benchmarks refuse wrong arguments in one line, before they touch anything, and a report is made of what was
 * measured.
 */
@Tag("e2e")
class BenchScriptsE2eTest {
    private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath().normalize();
    private static final int USAGE = 2;

    private static final String REPORT = """
            import sys, pathlib, types
            sys.dont_write_bytecode = True
            sys.path.insert(0, sys.argv[1])
            import veth_report
            def row(peer, kind, n, mpps):
                return {"part": "rate", "peer": peer, "kind": kind, "round": n, "size": 64, "ways": 1, "mpps": mpps, "loss": 0.1,
                        "user_ns": 1.0, "system_ns": 2.0, "softirq_ns": 3.0, "foreign_cores": 0.0}
            docs, options = pathlib.Path(sys.argv[2]), types.SimpleNamespace(append=True, seconds=3)
            for ifqd, tool in ((1.3, 1.0), (2.4, 2.0)):
                veth_report.write(docs, [row("ifqd", "ifqd", 1, ifqd), row("testpmd", "c", 1, tool)], options)
            """;

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd("python3");
    }

    @ParameterizedTest
    @CsvSource({
        "veth, nothing, no part 'nothing'",
        "veth, --rounds=x, --rounds",
        "veth, --sizes=20, --sizes",
        "startup, --variant=x, --variant",
        "startup, --load=-1, --load"
    })
    void wrongArgument(String benchmark, String argument, String named) {
        try (Child bench = Child.start(List.of(SCRIPTS.resolve("bench").toString(), benchmark, argument))) {
            Assertions.assertEquals(USAGE, bench.awaitExit(), bench::toString);
            Assertions.assertEquals("", bench.out());
            Assertions.assertEquals(1, bench.err().lines().count(), bench::toString);
            Assertions.assertTrue(bench.err().contains(named), bench::toString);
        }
    }

    @Test
    void roundsAreAppendedAndComparedRoundByRound() throws IOException {
        try (Child python = Child.start(List.of(
                "env",
                "JAVA=" + ProcessHandle.current().info().command().orElseThrow(),
                "python3",
                "-c",
                REPORT,
                SCRIPTS.resolve("bench.d").toString(),
                folder.toString()))) {
            python.awaitSuccess();
        }
        String page = Files.readString(folder.resolve("bench-veth.md"));
        Assertions.assertTrue(page.contains("| ifqd | 1.850 (1.300 – 2.400) | 1.25 (1.20 – 1.30) |"), page);
        Assertions.assertEquals(
                5, Files.readAllLines(folder.resolve("bench-veth.csv")).size());
        Assertions.assertTrue(Files.readString(folder.resolve("bench-veth.svg")).contains("testpmd"));
    }
}
