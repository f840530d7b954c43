package org.ifqd.check;

import java.util.List;
import java.util.Set;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.PairSettings;
import org.ifqd.host.AutoBackend;
import org.ifqd.host.FailOpenBridge;
import org.ifqd.host.Preflight;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * The checks of a start, without starting: the same checks, and a few more, each with its result, so that everything
 * is told at once.
 *
 * <p><b>Threading:</b> one thread. Changes nothing.
 */
public final class Check {
    private Check() {}

    /** Looks at everything that the configuration needs. */
    public static List<Finding> of(Libc libc, DaemonConfig config) {
        Findings findings = new Findings();
        Set<String> running = MachineCheck.portsOfRunning(config.control());
        try (Rtnetlink rtnetlink = new Rtnetlink(libc);
                Ethtool ethtool = Ethtool.open()) {
            PortCheck ports = new PortCheck(findings, rtnetlink, ethtool, running);
            for (PairSettings pair : PairSettings.of(config)) {
                pair.ports().forEach(port -> ports.look(pair, port));
                pair(findings, libc, pair);
                backend(findings, libc, pair);
            }
        }
        findings.run("on-failure", "can be done", () -> FailOpenBridge.check(config));
        new MachineCheck(findings, libc, config, !running.isEmpty()).look();
        return findings.all();
    }

    private static void backend(Findings findings, Libc libc, PairSettings pair) {
        try {
            List<Link> links = Preflight.present(libc, pair);
            if (links.size() == 2) {
                AutoBackend.of(libc, pair, links)
                        .ifPresent(choice -> findings.add(
                                Finding.Level.OK,
                                pair.pair().toString(),
                                choice.isXdp()
                                        ? "auto takes af_xdp, without a copy"
                                        : "auto takes af_packet: " + choice.reason()));
            }
        } catch (ConfigException | ErrnoException e) {
            // a port is not ready, which is said by a check of its own
        }
    }

    private static void pair(Findings findings, Libc libc, PairSettings pair) {
        findings.run(pair.pair().toString(), "both ports have the same MTU", () -> {
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
}
