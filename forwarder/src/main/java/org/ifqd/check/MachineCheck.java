package org.ifqd.check;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ifqd.check.Finding.Level;
import org.ifqd.config.Backend;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.IsolateMode;
import org.ifqd.config.ListenAddress;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.control.ControlClient;
import org.ifqd.control.ControlPath;
import org.ifqd.host.PcapLimits;
import org.ifqd.host.Preflight;
import org.ifqd.host.XdpPlan;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.bpf.EgressDrop;
import org.ifqd.linux.control.Privileges;
import org.ifqd.linux.netlink.IngressDrop;
import org.ifqd.linux.packet.PacketSocket;
import org.ifqd.linux.pcap.FilterCompiler;

/**
 * The checks that a start makes of the machine: kernel, privileges, memory, processors, libraries, sockets. One thread.
 */
final class MachineCheck {
    private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

    private final Findings findings;
    private final Libc libc;
    private final DaemonConfig config;
    private final boolean isRunning;

    /** @param isRunning an ifqd runs with this control socket: what it holds is no obstacle to a reload */
    MachineCheck(Findings findings, Libc libc, DaemonConfig config, boolean isRunning) {
        this.findings = findings;
        this.libc = libc;
        this.config = config;
        this.isRunning = isRunning;
    }

    /** The ports of the ifqd that answers at a control socket; none if none does. */
    static Set<String> portsOfRunning(Path control) {
        Set<String> names = new HashSet<>();
        try (ControlClient client = new ControlClient(control)) {
            if (JSON.std.mapFrom(client.ask("stats")).get("ports") instanceof List<?> ports) {
                ports.forEach(port -> names.add(String.valueOf(((Map<?, ?>) port).get("name"))));
            }
        } catch (IOException | ConfigException e) {
            // none that answers us; whether the socket can be used is a check of its own
        }
        return names;
    }

    void look() {
        findings.run("kernel", release() + ", whose packet sockets can do what is needed", () -> {
            PacketSocket.probe(libc);
            return List.of();
        });
        findings.run("privileges", "CAP_NET_ADMIN is there", this::privileges);
        if (config.host().isolateMode() != IsolateMode.OFF) {
            findings.run("isolation", "nf_tables and bpf can keep the host's stack off the ports", this::isolation);
        }
        findings.run("memory", "the rings fit", () -> {
            Preflight.memory(config);
            return List.of();
        });
        findings.run("cpus", "every processor that is named can be used", this::cpus);
        scheduling();
        findings.run("backends", "every port's backend can do what is asked", () -> {
            List<String> warnings = new ArrayList<>(PcapLimits.check(config.ports()));
            warnings.addAll(XdpPlan.check(config.ports(), config.host()));
            return warnings;
        });
        if (config.ports().stream()
                .anyMatch(
                        port -> port.backend() == Backend.pcap || !port.filter().isEmpty())) {
            findings.run("libpcap", "is there", () -> {
                FilterCompiler.check("");
                return List.of();
            });
        }
        control();
        config.metrics().filter(address -> address.port() != 0).ifPresent(this::metrics);
    }

    private static String release() {
        try {
            return "Linux " + Files.readString(RELEASE).strip();
        } catch (IOException e) {
            return "Linux";
        }
    }

    private List<String> privileges() {
        if (Privileges.has(Privileges.CAP_NET_ADMIN)) {
            return List.of();
        }
        List<String> needing = new ArrayList<>();
        if (config.host().isolateMode() == IsolateMode.ON) {
            needing.add("isolate = \"on\"");
        }
        if (config.ports().stream().anyMatch(port -> port.offloads() == OffloadPolicy.FIX)) {
            needing.add("offloads = \"fix\"");
        }
        if (config.pairs().stream().anyMatch(pair -> pair.mirrorLink())) {
            needing.add("mirror-link");
        }
        String how = "run it as root, or grant it (systemd: AmbientCapabilities=)";
        if (!needing.isEmpty()) {
            throw new ConfigException("no CAP_NET_ADMIN, which " + String.join(" and ", needing) + " needs; " + how);
        }
        return List.of("no CAP_NET_ADMIN: buffers stay small and the host's stack hears what is forwarded; " + how);
    }

    /** Makes an empty table for a moment: nothing hears of it. */
    private List<String> isolation() {
        String table = "ifqd_check_" + ProcessHandle.current().pid();
        try (IngressDrop _ = IngressDrop.open(libc, table, List.of())) {
            return silence();
        } catch (ErrnoException e) {
            if (config.host().isolateMode() == IsolateMode.ON) {
                throw e;
            }
            return List.of("the host will not be isolated, it may answer frames too: " + e.getMessage());
        }
    }

    private List<String> silence() {
        try (EgressDrop _ = EgressDrop.open(libc, List.of(), List.of())) {
            return List.of();
        } catch (ErrnoException e) {
            return List.of("the host may send frames of its own through the ports: " + e.getMessage());
        }
    }

    private void scheduling() {
        Scheduling asked = config.host().scheduling();
        try {
            Scheduling got = asked.resolve(libc);
            boolean isLess = asked.kind() == Scheduling.Kind.AUTO && got.kind() == Scheduling.Kind.NONE;
            findings.add(
                    isLess ? Level.WARN : Level.OK,
                    "scheduling",
                    isLess
                            ? "threads that move frames run as any others: other work makes frames late; needs CAP_SYS_NICE"
                            : asked + ": threads that move frames run at " + got);
        } catch (ErrnoException e) {
            findings.add(Level.FAIL, "scheduling", e.getMessage());
        }
    }

    private List<String> cpus() {
        Preflight.cpus(libc, config);
        int there = Runtime.getRuntime().availableProcessors();
        int busy = config.ports().stream()
                .map(port -> port.options())
                .filter(options -> options.busyPoll())
                .mapToInt(options -> options.workers())
                .sum();
        return busy < there || busy == 0
                ? List.of()
                : List.of(
                        "%d workers that never sleep (busy-poll) leave none of %d processors to anything else; use fewer"
                                .formatted(busy, there));
    }

    private void control() {
        findings.run("control", config.control() + " can be made", () -> {
            ControlPath.check(config.control());
            return isRunning || ControlPath.isServed(config.control())
                    ? List.of(
                            config.control() + " is the control socket of a running ifqd: this file is for ifqd reload,"
                                    + " or for another one by another path")
                    : List.of();
        });
    }

    private void metrics(ListenAddress address) {
        try (ServerSocket _ = new ServerSocket(address.port(), 1, InetAddress.getByName(address.host()))) {
            boolean isLocal = InetAddress.getByName(address.host()).isLoopbackAddress();
            findings.add(
                    isLocal ? Level.OK : Level.WARN,
                    "metrics",
                    address + " is free"
                            + (isLocal
                                    ? ""
                                    : ", but not loopback: whoever reaches it may read all counters; restrict it by a"
                                            + " firewall, or listen on 127.0.0.1"));
        } catch (IOException e) {
            findings.add(
                    isRunning ? Level.WARN : Level.FAIL,
                    "metrics",
                    "cannot be served at " + address + " (" + e.getMessage() + ")"
                            + (isRunning ? ", perhaps since the running ifqd does" : "")
                            + "; give another address by metrics.listen");
        }
    }
}
