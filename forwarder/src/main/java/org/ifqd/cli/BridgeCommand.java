package org.ifqd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.ifqd.bridge.LinkLocalPolicy;
import org.ifqd.bridge.Rehearsal;
import org.ifqd.config.Age;
import org.ifqd.config.Backend;
import org.ifqd.config.ByteSize;
import org.ifqd.config.ChannelPolicy;
import org.ifqd.config.ConfigException;
import org.ifqd.config.ControlSocket;
import org.ifqd.config.CpuList;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.HostPolicy;
import org.ifqd.config.InterfaceName;
import org.ifqd.config.IsolateMode;
import org.ifqd.config.ListenAddress;
import org.ifqd.config.LogLevel;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.config.ZeroCopy;
import org.ifqd.daemon.BridgeDaemon;
import org.ifqd.ifq.StartMode;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;
import org.ifqd.port.PortOptions;
import org.ifqd.port.Qdisc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ifqd bridge}: forwards in the foreground until SIGTERM or SIGINT. */
@Command(
        name = "bridge",
        description = "Forwards all frames between two interfaces, until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class BridgeCommand implements Callable<Integer> {
    private final Rehearsal rehearsal;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "IF1",
            completionCandidates = InterfaceNames.class,
            description = "One interface, for example eth0.")
    private String first;

    @Parameters(
            index = "1",
            paramLabel = "IF2",
            completionCandidates = InterfaceNames.class,
            description = "The other interface.")
    private String second;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "How frames are read and sent: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Backend backend;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "1",
            description = "Receive workers for each interface; flows are spread over them by hash"
                    + " (default ${DEFAULT-VALUE}).")
    private int workers;

    @Option(
            names = "--cpus",
            paramLabel = "LIST",
            description = "Processors that the receive workers are pinned to, in turn, first those of IF1, for example"
                    + " 2,3 or 4-7 (default: wherever the kernel puts them, but one for each worker where the other"
                    + " interface has several transmit queues: that keeps frames in order).")
    private String cpus;

    @Option(
            names = "--busy-poll",
            description = "Receive workers never sleep: the shortest latency, for whole processors; those of one"
                    + " processor take turns.")
    private boolean busyPoll;

    @Option(
            names = "--rx-ring",
            paramLabel = "SIZE",
            description =
                    "Receive ring of each worker (default: 64MiB, on a machine with less than 4 GiB a 64th of it).")
    private String rxRing;

    @Option(
            names = "--tx-ring",
            paramLabel = "SLOTS",
            defaultValue = "512",
            description = "Slots of each transmit ring, a power of two (default ${DEFAULT-VALUE}).")
    private int txSlots;

    @Option(
            names = "--queue",
            paramLabel = "FRAMES",
            description = "Frames that each send queue holds (default: 16384; with pcap 4096).")
    private Integer queue;

    @Option(
            names = "--start",
            paramLabel = "MODE",
            defaultValue = "direct",
            description =
                    "Where frames are moved to the transmit ring: ${COMPLETION-CANDIDATES}: on the thread that queued"
                            + " them, on another thread while few are queued, or always on another (default ${DEFAULT-VALUE}).")
    private StartMode start;

    @Option(
            names = "--qdisc",
            paramLabel = "HOW",
            defaultValue = "bypass",
            description = "Whether frames leave through the interface's queueing discipline, for those who shape with"
                    + " tc: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Qdisc qdisc;

    @Option(
            names = "--max-age",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "Drop frames that were received longer ago, as while the process was stopped, for example"
                    + " 500ms; 0: never (default ${DEFAULT-VALUE}).")
    private String maxAge;

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            defaultValue = "",
            description = "Receive, and so forward, only frames that match, for example \"not stp\"; the language is"
                    + " tcpdump's, pcap-filter(7). The kernel passes over the others; they are in no counter of ifqd.")
    private String filter;

    @Option(
            names = "--offloads",
            paramLabel = "POLICY",
            defaultValue = "warn",
            description = "What to do about settings of the interfaces that merge or alter frames before ifqd sees them"
                    + " (LRO; with pcap GRO too): ${COMPLETION-CANDIDATES}: nothing; say so, and refuse only what cannot be"
                    + " forwarded at all; refuse them; or switch them off, and on again at the end"
                    + " (default ${DEFAULT-VALUE}).")
    private OffloadPolicy offloads;

    @Option(
            names = "--zero-copy",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Of af_xdp, whether the NICs write frames to ifqd's memory and read them from there:"
                    + " ${COMPLETION-CANDIDATES}; auto: where both drivers have it, else the kernel copies; on: or not at"
                    + " all (default ${DEFAULT-VALUE}).")
    private ZeroCopy zeroCopy;

    @Option(
            names = "--channels",
            paramLabel = "POLICY",
            defaultValue = "refuse",
            description = "Of af_xdp, what to do where an interface has another number of receive queues than of"
                    + " workers: ${COMPLETION-CANDIDATES}: refuse the start, or set it as ethtool -L does, and put it"
                    + " back at the end (default ${DEFAULT-VALUE}).")
    private ChannelPolicy channels;

    @Option(
            names = "--link-local",
            paramLabel = "CLASS=pass|drop",
            description =
                    "What to do with protocols between neighbours, for example stp=drop,lldp=drop; classes: stp, pause,"
                            + " lacp, 802.1x, lldp, reserved, cisco (default: all pass).")
    private String linkLocal;

    @Option(
            names = "--isolate",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Keep the host's own stack off the two interfaces, so that it neither hears and answers what"
                    + " arrives nor sends there: ${COMPLETION-CANDIDATES}; auto: yes, with a warning where it cannot,"
                    + " but not with --allow-host (default ${DEFAULT-VALUE}). Ends with ifqd, even with a killed one.")
    private IsolateMode isolate;

    @Option(
            names = "--allow-host",
            description = "Accept an interface that the host uses itself: one with an IP address, one that belongs to a"
                    + " bridge or bond, or, with --isolate off, one from which the host forwards IP packets.")
    private boolean allowHost;

    @Option(
            names = "--mirror-link",
            description = "When one interface loses its carrier, take the other one down, so that the neighbours there"
                    + " notice; and up again when it is back. ifqd then sets both up when it starts, too.")
    private boolean mirrorLink;

    @Option(
            names = "--wait",
            description = "Start without an interface that is not there, or down, and take it in when it comes.")
    private boolean wait;

    @Option(
            names = "--control",
            paramLabel = "PATH",
            defaultValue = DaemonConfig.DEFAULT_CONTROL,
            description = "Control socket, for ifqd stats (default ${DEFAULT-VALUE}).")
    private Path control;

    @Option(
            names = "--scheduling",
            paramLabel = "HOW",
            defaultValue = "auto",
            description =
                    "How the threads that move frames stand against the machine's other work: auto (nice -10, or the"
                            + " best that may be had), nice:N, fifo:N (real time, for machines with processors to spare), none"
                            + " (default ${DEFAULT-VALUE}).")
    private String scheduling;

    @Option(
            names = "--mlock",
            description = "Keep heap and machine code in memory, away from the swap; needs CAP_IPC_LOCK or a sufficient"
                    + " limit (ulimit -l).")
    private boolean lockMemory;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            description =
                    "Serve Prometheus metrics, and a page for people, there: for example 127.0.0.1:9470; :9470 is that port of"
                            + " all addresses (default: nowhere).")
    private String metrics;

    @Option(
            names = "--watchdog",
            paramLabel = "SECONDS",
            defaultValue = "" + DaemonConfig.DEFAULT_WATCHDOG_SECONDS,
            description =
                    "When a driver hangs in a system call, or frames are stuck, for so long: say where, and end with"
                            + " status 1; 0: never (default ${DEFAULT-VALUE}).")
    private int watchdog;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "Lines to log, on stderr: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private LogLevel logLevel;

    BridgeCommand() {
        this(new Rehearsal());
    }

    /** @param rehearsal that may have begun */
    BridgeCommand(Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
    }

    @Override
    public Integer call() {
        DaemonConfig config = config();
        BridgeDaemon daemon = new BridgeDaemon(
                Libc.system(),
                rehearsal,
                config,
                () -> config,
                spec.commandLine().getOut());
        Confinement.enter(lockMemory);
        StopSignals.handle(daemon::stop);
        return daemon.run();
    }

    private DaemonConfig config() {
        try {
            List<Integer> all = cpus == null ? List.of() : CpuList.parse(cpus);
            LinkLocalPolicy policy = linkLocal == null ? LinkLocalPolicy.TRANSPARENT : LinkLocalPolicy.parse(linkLocal);
            for (String name : List.of(first, second)) {
                if (!InterfaceName.isPossible(name)) {
                    throw new IllegalArgumentException("'" + name + "' cannot be an interface; " + InterfaceName.RULE);
                }
            }
            return new DaemonConfig(
                    List.of(port(first, options(all, 0)), port(second, options(all, 1))),
                    List.of(new PairConfig(first, second, mirrorLink, wait)),
                    policy,
                    new HostPolicy(isolate, allowHost, Scheduling.parse(scheduling)),
                    new ControlSocket(control),
                    Optional.ofNullable(metrics).map(ListenAddress::parse),
                    logLevel,
                    watchdog());
        } catch (IllegalArgumentException | ConfigException e) {
            throw new ConfigException(problems(e));
        }
    }

    /** All that is wrong, not only what was met first: each option is tried by itself. */
    private List<String> problems(RuntimeException first) {
        PortOptions or = PortOptions.DEFAULT;
        List<Runnable> options = List.of(
                () -> new PortOptions(workers, or.rxRingBytes(), or.txSlots(), or.queueCapacity()),
                () -> new PortOptions(1, or.rxRingBytes(), txSlots, or.queueCapacity()),
                () -> new PortOptions(1, or.rxRingBytes(), or.txSlots(), queue == null ? 1 : queue),
                () -> new PortOptions(1, rxRing == null ? or.rxRingBytes() : ByteSize.parse(rxRing), 16, 1),
                () -> Age.parseMs(maxAge),
                () -> CpuList.parse(cpus == null ? "0" : cpus),
                () -> LinkLocalPolicy.parse(linkLocal == null ? "stp=pass" : linkLocal),
                () -> Scheduling.parse(scheduling),
                () -> ListenAddress.parse(metrics == null ? "127.0.0.1:1" : metrics),
                this::watchdog);
        Set<String> problems = new LinkedHashSet<>(List.of(first.getMessage()));
        for (Runnable option : options) {
            try {
                option.run();
            } catch (IllegalArgumentException | ConfigException e) {
                problems.add(e.getMessage());
            }
        }
        return List.copyOf(problems);
    }

    private int watchdog() {
        try {
            return DaemonConfig.checkedWatchdog(watchdog);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--watchdog: " + e.getMessage());
        }
    }

    /** The workers of the second port go on in the list where those of the first one end. */
    private PortOptions options(List<Integer> all, int port) {
        List<Integer> own = new ArrayList<>();
        for (int i = 0; i < workers && !all.isEmpty(); i++) {
            own.add(all.get((port * workers + i) % all.size()));
        }
        int capacity = queue == null ? backend.defaultQueue() : queue;
        long ring = rxRing == null ? PortOptions.DEFAULT.rxRingBytes() : ByteSize.parse(rxRing);
        return new PortOptions(workers, ring, txSlots, capacity, own, busyPoll, qdisc, Age.parseMs(maxAge));
    }

    private PortConfig port(String name, PortOptions options) {
        return new PortConfig(name, backend, options, start, filter, offloads, zeroCopy, channels);
    }
}
