package org.ifqd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ifqd.bridge.LinkLocalClass;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.ifq.StartMode;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Qdisc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
    private static final Path BROKEN = Path.of("src/test/resources/config/broken");
    private static final Path SAMPLE = Path.of("../config/ifqd.toml");
    private static final String EXPECTED = "#> ";

    @TempDir
    private Path folder;

    private DaemonConfig read(String text) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("ifqd.toml"), text));
    }

    /** What ended the daemon at SIGHUP, or its heap. */
    @Test
    void whatIsTooMuchIsNotRead() throws IOException {
        Path file = folder.resolve("ifqd.toml");
        for (String text : List.of(
                "a = " + "[".repeat(1000),
                "a = " + "[".repeat(100_000),
                "a = " + "{ a = ".repeat(20_000),
                "a".repeat(300_000),
                IntStream.range(0, 200_000).mapToObj(i -> "a" + i + " = 1\n").collect(Collectors.joining()))) {
            Files.writeString(file, text);
            String message = assertThrows(ConfigException.class, () -> ConfigFile.read(file))
                    .getMessage();
            assertTrue(message.startsWith(file.toString()), message);
        }
        assertTrue(assertThrows(ConfigException.class, () -> ConfigFile.read(Path.of("/dev/zero")))
                .getMessage()
                .contains("is longer than"));
    }

    @Test
    void manyKeysAreOnlyUnknown() throws IOException {
        String keys =
                IntStream.range(0, 20_000).mapToObj(i -> "a" + i + " = 1\n").collect(Collectors.joining());
        ConfigException e = assertThrows(ConfigException.class, () -> read(keys));
        assertTrue(e.getMessage().contains("a19999"), "told at once");
    }

    @Test
    void theSampleIsAllDefaults() {
        DaemonConfig config = ConfigFile.read(SAMPLE);
        assertEquals(List.of(PortConfig.of("eth1"), PortConfig.of("eth2")), config.ports());
        assertEquals(List.of(new PairConfig("eth1", "eth2")), config.pairs());
        assertDefaults(config);
    }

    private static void assertDefaults(DaemonConfig config) {
        assertEquals(LinkLocalPolicy.TRANSPARENT, config.linkLocal());
        assertEquals(new HostPolicy(IsolateMode.AUTO, false), config.host());
        assertEquals(Path.of(DaemonConfig.DEFAULT_CONTROL), config.control());
        assertEquals(Optional.empty(), config.metrics());
        assertEquals(LogLevel.INFO, config.logLevel());
    }

    /** Every key that the sample shows as a comment is one that is known, with the default that it shows. */
    @Test
    void theSampleShowsTheDefaults() throws IOException {
        String all = Files.readString(SAMPLE)
                .lines()
                .map(line -> line.matches("# (\\[.*|\"?[a-z0-9.-]+\"? = .*)") ? line.substring(2) : line)
                .reduce("", (a, b) -> a + b + "\n");
        DaemonConfig config = read(all);
        assertEquals(PortConfig.of("eth1"), config.port("eth1"));
        assertEquals(LinkLocalPolicy.TRANSPARENT, config.linkLocal());
        assertEquals(Optional.of(new ListenAddress("127.0.0.1", 9470)), config.metrics());
        assertTrue(all.contains("\nworkers = 1"), all);
    }

    /** The manual page has each key with the default that the sample shows. */
    @Test
    void theManualShowsTheDefaults() throws IOException {
        String manual = Files.readString(Path.of("../packaging/man/ifqd.toml.5.adoc"));
        Matcher key = Pattern.compile("(?m)^# (\"?[a-z0-9.-]+\"?) = (\"[^\"]*\"|[^ \n]+)")
                .matcher(Files.readString(SAMPLE));
        int keys = 0;
        for (; key.find(); keys++) {
            boolean isListed =
                    manual.contains("*" + key.group(1) + "*, ") || manual.contains(", *" + key.group(1) + "*");
            boolean isShown = manual.contains("*" + key.group(1) + "* = " + key.group(2) + "::");
            assertTrue(isShown || isListed || key.group(1).equals("listen"), key.group());
        }
        assertTrue(keys > 25, keys + " keys");
    }

    @Test
    void everyKeyCounts() throws IOException {
        DaemonConfig config = read("""
                [[bridge]]
                ports = ["eth1", "eth0.5"]
                [port."eth0.5"]
                backend = "af_packet"
                workers = 4
                cpus = "4-7"
                busy-poll = true
                qdisc = "use"
                max-age = "250ms"
                rx-ring = "1GiB"
                tx-ring = 1024
                queue = 100
                start = "bundled"
                filter = "not stp"
                offloads = "fail"
                zero-copy = "off"
                channels = "fix"
                [link-local]
                stp = "drop"
                [host]
                isolate = "off"
                allow = true
                offloads = "fix"
                [control]
                path = "/run/x.sock"
                [metrics]
                listen = "[::1]:0"
                [log]
                level = "warn"
                """);
        assertEquals(
                new PortConfig(
                        "eth0.5",
                        Backend.af_packet,
                        new PortOptions(4, 1L << 30, 1024, 100, List.of(4, 5, 6, 7), true, Qdisc.USE, 250),
                        StartMode.BUNDLED,
                        "not stp",
                        OffloadPolicy.FAIL,
                        ZeroCopy.off,
                        ChannelPolicy.FIX),
                config.port("eth0.5"));
        assertEquals(PortConfig.of("eth1", OffloadPolicy.FIX), config.port("eth1"));
        assertEquals(new LinkLocalPolicy(Set.of(LinkLocalClass.STP)), config.linkLocal());
        assertEquals(new HostPolicy(IsolateMode.OFF, true), config.host());
        assertEquals(Path.of("/run/x.sock"), config.control());
        assertEquals(Optional.of(new ListenAddress("::1", 0)), config.metrics());
        assertEquals(LogLevel.WARN, config.logLevel());
    }

    @Test
    void whatIsInEffectReadsAsTheSame() throws IOException {
        String odd = """
                [[bridge]]
                ports = ["eth1", "eth0.5"]
                [port."eth0.5"]
                backend = "pcap"
                cpus = [3]
                filter = 'ether[0] & 1 = 0 or "x"'
                [link-local]
                lldp = "drop"
                [host]
                allow = true
                offloads = "keep"
                [metrics]
                listen = "[::1]:9470"
                """;
        for (DaemonConfig config : List.of(ConfigFile.read(SAMPLE), read(odd))) {
            DaemonConfig again = read(EffectiveConfig.toToml(config));
            assertEquals(Set.copyOf(config.ports()), Set.copyOf(again.ports()));
            assertEquals(EffectiveConfig.toToml(config), EffectiveConfig.toToml(again));
        }
    }

    static Stream<Path> broken() throws IOException {
        try (Stream<Path> files = Files.list(BROKEN)) {
            return files.sorted().toList().stream();
        }
    }

    /** Each file ends with the lines that it must cause, as comments. */
    @ParameterizedTest
    @MethodSource("broken")
    void eachErrorSaysWhereAndHowToMendIt(Path file) throws IOException {
        List<String> expected = Files.readString(file)
                .lines()
                .filter(line -> line.startsWith(EXPECTED))
                .map(line -> file + ":" + line.substring(EXPECTED.length()))
                .toList();
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigFile.read(file));
        assertEquals(String.join("\n", expected), e.getMessage());
    }

    @Test
    void aFileThatIsNotThere() {
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigFile.read(folder.resolve("no.toml")));
        assertEquals(folder.resolve("no.toml") + " is not there; give the file by --config", e.getMessage());
        assertThrows(ConfigException.class, () -> ConfigFile.read(folder));
    }
}
