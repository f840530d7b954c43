package org.ifqd.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ifqd.bridge.LinkLocalClass;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.ifq.StartMode;
import org.ifqd.linux.Scheduling;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Qdisc;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * Reads the file of {@code ifqd run}: TOML, strictly. Unknown keys, wrong types, numbers out of range and
 * contradictions are errors, all of which are told at once. {@code config/ifqd.toml} has every key with its default.
 *
 * @see <a href="https://toml.io/en/v1.0.0">TOML 1.0</a>
 */
public final class ConfigFile {
    /** Where an installed daemon has its file. */
    public static final String DEFAULT_PATH = "/etc/ifqd/ifqd.toml";

    private static final String HOW_TO_BRIDGE = "write [[bridge]] and in it ports = [\"eth1\", \"eth2\"]";

    /** More than that libpcap cannot be given. */
    private static final long LARGEST_PCAP_RING = 1L << 30;

    /** 64 pairs with every key have some 40 KiB. */
    private static final int LONGEST_FILE = 256 << 10;

    private final ConfigProblems problems;

    /** By processor: the port that has a worker there which never sleeps. */
    private final Map<String, PortConfig> ports = new LinkedHashMap<>();

    private final Set<String> paired = new HashSet<>();

    private ConfigFile(ConfigProblems problems) {
        this.problems = problems;
    }

    /** @throws ConfigException with a line for each thing that is wrong: {@code file:line:column: key: why; mend} */
    public static DaemonConfig read(Path path) {
        try {
            return parse(path.toString(), Toml.parse(text(path)));
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw new ConfigException(
                    path + " cannot be read: it is nested too deeply or has too much in it (" + e + ")");
        } catch (NoSuchFileException e) {
            throw new ConfigException(path + " is not there; give the file by --config");
        } catch (IOException e) {
            throw new ConfigException("cannot read " + path + ": " + e + "; is it a text file that ifqd may read?");
        }
    }

    /**
     * No more of it than is sensible: the parser's tree is some hundred times as large, and the path may be that of a
     * device.
     */
    private static String text(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
            if (bytes.length > LONGEST_FILE) {
                throw new ConfigException(path + " is longer than " + (LONGEST_FILE >> 10)
                        + " KiB, which is no configuration file; give the file by --config");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static DaemonConfig parse(String name, TomlParseResult toml) {
        ConfigProblems problems = new ConfigProblems(name);
        toml.errors().forEach(e -> problems.add(e.position(), "syntax", e.getMessage() + "; see https://toml.io"));
        problems.throwAny(); // what cannot be parsed is not there, and would make errors of its own
        DaemonConfig config = new ConfigFile(problems).daemon(new Section(toml, "", problems));
        problems.throwAny();
        return config;
    }

    private DaemonConfig daemon(Section root) {
        Section host = root.section("host");
        HostPolicy policy = new HostPolicy(
                host.oneOf("isolate", IsolateMode.AUTO, IsolateMode.class),
                host.bool("allow", false),
                host.text("scheduling", Scheduling.AUTO, "\"auto\"", Scheduling::parse));
        OffloadPolicy offloads = host.oneOf("offloads", OffloadPolicy.WARN, OffloadPolicy.class);
        host.rejectOthers();
        Section portTables = root.section("port");
        Map<String, Section> tables = new HashMap<>();
        for (String name : portTables.keys()) {
            Section port = portTables.section(name);
            tables.put(name, port);
            ports.put(name, port(name, port, offloads));
            port.rejectTables(inner ->
                    "is a table; a name with a dot goes in quotation marks: [port.\"" + name + "." + inner + "\"]");
            port.rejectOthers();
        }
        List<PairConfig> pairs = new ArrayList<>();
        List<Section> bridges = root.sections("bridge");
        for (Section bridge : bridges) {
            pair(bridge, pairs, offloads);
            bridge.rejectOthers();
        }
        rejectSharedProcessors(pairs, tables);
        if (!root.has("bridge")) {
            problems.add(null, "bridge", "is missing; " + HOW_TO_BRIDGE);
        } else if (bridges.isEmpty()) {
            root.problemUnlessSaid("bridge", "has no pair of ports; " + HOW_TO_BRIDGE);
        }
        for (String name : portTables.keys()) {
            if (!paired.contains(name)) {
                portTables.problem(name, "is in no bridge; add it to the ports of a [[bridge]], or remove it");
            }
        }
        DaemonConfig config = new DaemonConfig(
                List.copyOf(ports.values()),
                pairs,
                linkLocal(root.section("link-local")),
                policy,
                control(root),
                metrics(root),
                log(root),
                watchdog(root));
        root.rejectOthers();
        return config;
    }

    private PortConfig port(String name, Section port, OffloadPolicy offloads) {
        int workers = port.integer("workers", 1, 1, 64);
        List<Integer> cpus = port.cpus("cpus");
        int txSlots = port.integer("tx-ring", PortOptions.DEFAULT.txSlots(), 16, 1 << 16);
        if (Integer.bitCount(txSlots) != 1) {
            port.problem(
                    "tx-ring",
                    txSlots + " is not a power of two; write " + Integer.highestOneBit(txSlots) + " or "
                            + 2 * Integer.highestOneBit(txSlots));
            txSlots = PortOptions.DEFAULT.txSlots();
        }
        long rxRing = port.text("rx-ring", PortOptions.DEFAULT.rxRingBytes(), "\"16MiB\"", ConfigFile::rxRing);
        Backend backend = port.oneOf("backend", Backend.auto, Backend.class);
        int queue = port.integer("queue", backend.defaultQueue(), 1, 1 << 20);
        boolean busyPoll = port.bool("busy-poll", false);
        Qdisc qdisc = port.oneOf("qdisc", Qdisc.BYPASS, Qdisc.class);
        int maxAge = port.text("max-age", PortOptions.DEFAULT.maxAgeMs(), "\"1s\"", Age::parseMs);
        PortConfig config = new PortConfig(
                name,
                backend,
                new PortOptions(workers, rxRing, txSlots, queue, cpus, busyPoll, qdisc, maxAge),
                port.oneOf("start", StartMode.DIRECT, StartMode.class),
                port.text("filter", "", "\"not stp\"", String::strip),
                port.oneOf("offloads", offloads, OffloadPolicy.class),
                port.oneOf("zero-copy", ZeroCopy.auto, ZeroCopy.class),
                port.oneOf("channels", ChannelPolicy.REFUSE, ChannelPolicy.class));
        rejectContradictions(config, port);
        return config;
    }

    /** Values that are right each by itself. */
    private void rejectContradictions(PortConfig config, Section port) {
        PortOptions options = config.options();
        List<Integer> cpus = options.cpus();
        int workers = options.workers();
        if (new HashSet<>(cpus).size() < cpus.size()) {
            port.problem("cpus", "names a processor twice; write it once, workers take them in turn");
        } else if (cpus.size() > workers) {
            port.problem("cpus", cpus.size() + " processors for " + workers + " workers; write fewer, or more workers");
        }
        if (config.backend() == Backend.pcap && workers > 1) {
            port.problem("workers", "libpcap has one receive worker; write 1, or backend = \"af_packet\"");
        }
        if (config.backend() == Backend.pcap && options.rxRingBytes() > LARGEST_PCAP_RING) {
            port.problem("rx-ring", "libpcap can have at most 1GiB; write less, or backend = \"af_packet\"");
        }
    }

    /** Workers that never sleep share a processor within their pair, by turns; to another pair's they leave nothing. */
    private void rejectSharedProcessors(List<PairConfig> pairs, Map<String, Section> tables) {
        Map<Integer, PairConfig> busy = new HashMap<>();
        for (PairConfig pair : pairs) {
            for (String name : List.of(pair.first(), pair.second())) {
                PortOptions options = ports.get(name).options();
                for (int cpu : options.busyPoll() ? options.cpus() : List.<Integer>of()) {
                    PairConfig other = busy.putIfAbsent(cpu, pair);
                    if (other != null && other != pair) {
                        tables.get(name)
                                .problem(
                                        "cpus",
                                        "a worker of " + other + " takes processor " + cpu
                                                + " for itself (busy-poll); write another one, or busy-poll = false");
                    }
                }
            }
        }
    }

    private static long rxRing(String text) {
        long bytes = ByteSize.parse(text);
        if (bytes < 512 << 10 || bytes > 1L << 40) {
            throw new IllegalArgumentException("'" + text + "' is out of range; write a size from 512KiB to 1024GiB");
        }
        return bytes;
    }

    private void pair(Section bridge, List<PairConfig> pairs, OffloadPolicy offloads) {
        List<String> names = bridge.texts("ports");
        boolean mirrorLink = bridge.bool("mirror-link", false);
        boolean wait = bridge.bool("wait", false);
        OnFailure onFailure = bridge.oneOf("on-failure", OnFailure.BLOCK, OnFailure.class);
        if (names.size() != 2) {
            bridge.problemUnlessSaid(
                    "ports", "names " + names.size() + " ports; write two, for example [\"eth1\", \"eth2\"]");
            return;
        }
        for (String name : names) {
            if (!InterfaceName.isPossible(name)) {
                bridge.problem("ports", "'" + name + "' cannot be an interface; " + InterfaceName.RULE);
            } else if (!paired.add(name)) {
                bridge.problem("ports", name + " is in a bridge already; each port can be in one, once");
            }
            ports.computeIfAbsent(name, absent -> PortConfig.of(absent, offloads));
        }
        if (!names.get(0).equals(names.get(1))) {
            pairs.add(new PairConfig(names.get(0), names.get(1), mirrorLink, wait, onFailure));
        }
    }

    private static LinkLocalPolicy linkLocal(Section table) {
        Set<LinkLocalClass> dropped = new HashSet<>();
        for (LinkLocalClass each : LinkLocalClass.values()) {
            if (table.oneOf(each.toString(), PassOrDrop.PASS, PassOrDrop.class) == PassOrDrop.DROP) {
                dropped.add(each);
            }
        }
        table.rejectOthers();
        return new LinkLocalPolicy(dropped);
    }

    private enum PassOrDrop {
        PASS,
        DROP;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static ControlSocket control(Section root) {
        Section control = root.section("control");
        Path path = control.text("path", Path.of(DaemonConfig.DEFAULT_CONTROL), "\"/run/ifqd/control.sock\"", text -> {
            Path given = Path.of(text);
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (!given.isAbsolute() || bytes > 107 || text.endsWith("/")) { // sockaddr_un, unix(7)
                throw new IllegalArgumentException("'" + text + "' is not a path from / on, of at most 107 characters,"
                        + " to a file; write for example \"/run/ifqd/control.sock\"");
            }
            return given;
        });
        int mode = control.text("mode", ControlSocket.DEFAULT_MODE, "\"0660\"", ControlSocket::parseMode);
        control.rejectOthers();
        return new ControlSocket(path, mode);
    }

    private static Optional<ListenAddress> metrics(Section root) {
        Section metrics = root.section("metrics");
        ListenAddress address = metrics.text("listen", null, "\"127.0.0.1:9470\"", ListenAddress::parse);
        metrics.rejectOthers();
        return Optional.ofNullable(address);
    }

    private static LogLevel log(Section root) {
        Section log = root.section("log");
        LogLevel level = log.oneOf("level", LogLevel.INFO, LogLevel.class);
        log.rejectOthers();
        return level;
    }

    private static int watchdog(Section root) {
        Section watchdog = root.section("watchdog");
        int seconds = watchdog.integer(
                "seconds", DaemonConfig.DEFAULT_WATCHDOG_SECONDS, 0, DaemonConfig.MOST_WATCHDOG_SECONDS);
        try {
            DaemonConfig.checkedWatchdog(seconds);
        } catch (IllegalArgumentException e) {
            watchdog.problem("seconds", e.getMessage());
        }
        watchdog.rejectOthers();
        return seconds;
    }
}
