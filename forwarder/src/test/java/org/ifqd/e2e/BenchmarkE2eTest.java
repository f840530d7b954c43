package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ifqd.cli.BenchmarkRun;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ifqd benchmark} from end to end of the lab, through a forwarder; how fast it is, is not asserted. */
@Tag("e2e")
class BenchmarkE2eTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        Requires.labAnd();
    }

    private static List<String> arguments(NetLab lab, String options) {
        List<String> arguments = new ArrayList<>(
                List.of("benchmark", lab.namespace(Node.GEN) + "/g0", lab.namespace(Node.SINK) + "/s0"));
        arguments.addAll(List.of(options.split(" ")));
        return arguments;
    }

    @Test
    void measuresAForwarderInBothDirections() throws IOException {
        Path report = folder.resolve("report.html");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--rx-ring", Ifqd.ROOMY_RING)) {
            String options =
                    "--both --size 64,1518,imix --max-rate 5000 --seconds 0.3 --bursts 2 --flows 4 --json --report "
                            + report;
            try (Child benchmark = Child.start(Ifqd.command(arguments(lab, options)))) {
                Map<?, ?> result = JSON.std.mapFrom(benchmark.awaitSuccess());
                Assertions.assertEquals(false, result.get("conformant"), benchmark::toString);
                Assertions.assertEquals(true, result.get("complete"), benchmark::toString);
                List<?> sizes = (List<?>) result.get("sizes");
                Assertions.assertEquals(3, sizes.size(), benchmark::toString);
                for (Object size : sizes) {
                    Map<?, ?> map = (Map<?, ?>) size;
                    Assertions.assertEquals(4, ((List<?>) map.get("latency")).size(), map::toString);
                    Assertions.assertFalse(((List<?>) map.get("loss")).isEmpty(), map::toString);
                    Assertions.assertFalse(((List<?>) map.get("trials")).isEmpty(), map::toString);
                }
            }
            ifqd.awaitQuiet();
            ifqd.terminate();
        }
        Assertions.assertTrue(Files.readString(report).startsWith("<!doctype html>"));
        BenchmarkRun same = BenchmarkRun.of("--compare " + report + " " + report);
        Assertions.assertEquals(0, same.status(), same::toString);
        Assertions.assertTrue(same.out().contains("the same as far as known"), same::toString);
    }

    @Test
    void stoppedItReportsWhatItHas() throws IOException {
        Path report = folder.resolve("report.json");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--rx-ring", Ifqd.ROOMY_RING)) {
            String options = "--size 64,128 --max-rate 1000 --seconds 60 --report " + report;
            try (Child benchmark = Child.start(Ifqd.command(arguments(lab, options)))) {
                Await.until("the first trial", () -> benchmark.err().contains("64: "));
                benchmark.signal("INT");
                Assertions.assertEquals(1, benchmark.awaitExit(), benchmark::toString);
                Assertions.assertTrue(benchmark.toString().contains("stopped before the end"), benchmark::toString);
            }
            ifqd.terminate();
        }
        Assertions.assertEquals(
                false, JSON.std.mapFrom(Files.readString(report)).get("complete"));
    }

    /** An interface that goes after hours does not take what was measured with it. */
    @Test
    void failedItReportsWhatItHas() throws IOException {
        Path report = folder.resolve("report.json");
        try (NetLab lab = NetLab.open();
                Ifqd ifqd = Ifqd.bridge(lab, folder, "--rx-ring", Ifqd.ROOMY_RING)) {
            String options = "--size 64,128 --max-rate 1000 --seconds 0.3 --tests latency --report " + report;
            try (Child benchmark = Child.start(Ifqd.command(arguments(lab, options)))) {
                Await.until("the second size", () -> benchmark.err().contains("128: "));
                lab.ip(Node.SINK, "link set s0 down");
                Assertions.assertEquals(1, benchmark.awaitExit(), benchmark::toString);
                Assertions.assertTrue(benchmark.out().contains("failed before the end: "), benchmark::toString);
            }
            ifqd.terminate();
        }
        Map<?, ?> kept = JSON.std.mapFrom(Files.readString(report));
        Assertions.assertEquals(1, ((List<?>) kept.get("sizes")).size(), kept::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none0 none1|no such interface",
                "lo lo|two different interfaces",
                "lo|2",
                "lo none1|not an Ethernet interface",
                "no-such/eth0 none1|no such network namespace",
                "a b --size 12|--size 12",
                "a b --tests speed|--tests speed",
                "a b --tests reset|--reset COMMAND",
                "a b --seconds 0|--seconds",
                "a b --loss-ratio 1|--loss-ratio",
                "a b --exceed-ratio 1|--exceed-ratio",
                "a b --flows 0|--flows 0",
                "a b --timeout 0|--timeout",
                "a b --bursts 0|--bursts 0",
                "a b --max-rate -1|--max-rate",
                "a b --report /no/such/dir/x.html|no such directory",
                "--compare /no/such/a /no/such/b|no such file"
            })
    void mistakesAreOneLine(String arguments, String says) {
        BenchmarkRun run = BenchmarkRun.of(arguments);
        Assertions.assertEquals(2, run.status(), run::toString);
        List<String> lines =
                run.err().lines().filter(line -> !line.startsWith("benchmark:")).toList();
        Assertions.assertTrue(lines.size() == 1 && lines.getFirst().contains(says), run::toString);
    }
}
