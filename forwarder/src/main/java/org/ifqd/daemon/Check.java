package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.linux.pcap.FilterCompiler;
import org.ifqd.linux.pcap.FilterException;
import org.ifqd.linux.pcap.PcapException;

/**
 * What a start would find, without starting: the same checks, each with its result, so that everything is told at once.
 *
 * <p><b>Threading:</b> one thread. Changes nothing.
 */
public final class Check {
    /** How a check ended. */
    public enum Level {
        OK,
        WARN,
        FAIL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One result.
     *
     * @param subject a port, a pair, or a key
     * @param text what was found and, unless it is OK, how to mend it
     */
    public record Finding(Level level, String subject, String text) {}

    private final Libc libc;
    private final List<Finding> findings = new ArrayList<>();

    private Check(Libc libc) {
        this.libc = libc;
    }

    /** Looks at everything that the configuration needs. */
    public static List<Finding> of(Libc libc, DaemonConfig config) {
        Check check = new Check(libc);
        try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
            for (RunningPair.Settings pair : RunningPair.Settings.of(config)) {
                pair.ports().forEach(port -> check.port(rtnetlink, pair, port));
                check.pair(pair);
            }
        }
        check.run("memory", "the receive rings fit", () -> {
            Preflight.memory(config);
            return List.of();
        });
        check.run("cpus", "every processor that is named can be used", () -> {
            Preflight.cpus(libc, config);
            return List.of();
        });
        check.run("backends", "every port's backend can do what is asked", () -> PcapLimits.check(config));
        check.run("on-failure", "can be done", () -> FailOpen.check(config));
        return List.copyOf(check.findings);
    }

    private void port(Rtnetlink rtnetlink, RunningPair.Settings pair, PortConfig port) {
        Link[] found = new Link[1];
        run(port.name(), "an Ethernet interface, and up", () -> {
            Optional<Link> there = Preflight.link(rtnetlink, pair.pair(), port.name());
            found[0] = there.orElse(null);
            if (there.isEmpty()) {
                return List.of("is not there; ifqd will wait for it, as wait = true says");
            }
            return there.get().isUp()
                    ? List.of()
                    : List.of("is down: nothing will come or go; ip link set " + port.name() + " up");
        });
        Link link = found[0];
        if (link == null) {
            return;
        }
        run(
                port.name(),
                "has carrier",
                () -> link.carrier()
                        ? List.of()
                        : List.of(
                                "has no carrier: nothing will come or go; plug the cable in, or bring its other end up"));
        run(port.name(), "is not used by the host itself", () -> {
            HostUse.refuse(rtnetlink, pair.host(), List.of(link));
            return List.of();
        });
        if (!port.filter().isEmpty()) {
            run(port.name(), "its filter can be compiled", () -> {
                FilterCompiler.check(port.filter());
                return List.of();
            });
        }
    }

    private void pair(RunningPair.Settings pair) {
        run(pair.pair().toString(), "both ports have the same MTU", () -> {
            try {
                List<Link> links = Preflight.present(libc, pair);
                return links.size() == 2
                        ? Preflight.warnings(links)
                        : List.of("not compared, since a port is not there");
            } catch (ConfigException e) {
                return List.of("not compared, since a port is not ready");
            }
        });
    }

    /** @param check returns warnings, throws for a failure */
    private void run(String subject, String good, Supplier<List<String>> check) {
        try {
            List<String> warnings = check.get();
            warnings.forEach(warning -> findings.add(new Finding(Level.WARN, subject, warning)));
            if (warnings.isEmpty()) {
                findings.add(new Finding(Level.OK, subject, good));
            }
        } catch (ConfigException | ErrnoException | FilterException | PcapException e) {
            findings.add(new Finding(Level.FAIL, subject, e.getMessage()));
        }
    }
}
