package org.ifqd.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.ifqd.check.Finding.Level;
import org.ifqd.config.ConfigException;
import org.ifqd.config.DaemonConfig;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.host.HarmfulOffload;
import org.ifqd.host.HostUse;
import org.ifqd.host.OffloadCheck;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * Mends at the ports' interfaces what can safely be mended: sets them up, and switches harmful offloads off. Unlike
 * what {@code offloads = "fix"} does while ifqd runs, it stays. Interfaces that the host uses itself, and that ifqd
 * would refuse, are not touched; nor are addresses and MTU anywhere.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Repair {
    /** How long an interface that was set up may take to find its carrier. */
    private static final long CARRIER_NS = TimeUnit.SECONDS.toNanos(3);

    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Rtnetlink rtnetlink;
    private final Ethtool ethtool;
    private final Findings findings = new Findings();

    private Repair(Rtnetlink rtnetlink, Ethtool ethtool) {
        this.rtnetlink = rtnetlink;
        this.ethtool = ethtool;
    }

    /** Mends what the configuration's ports need, and says what it has changed. */
    public static List<Finding> of(Libc libc, DaemonConfig config) {
        try (Rtnetlink rtnetlink = new Rtnetlink(libc);
                Ethtool ethtool = Ethtool.open()) {
            Repair repair = new Repair(rtnetlink, ethtool);
            for (PairSettings pair : PairSettings.of(config)) {
                pair.ports().forEach(port -> repair.mend(pair, port));
            }
            repair.awaitCarriers();
            return repair.findings.all();
        }
    }

    private void mend(PairSettings pair, PortConfig port) {
        Optional<Link> link = rtnetlink.link(port.name());
        if (link.isEmpty() || !link.get().isEthernet() || isTheHosts(pair, link.get())) {
            return; // the check says so
        }
        try {
            if (!link.get().isUp()) {
                rtnetlink.setUp(link.get(), true);
                fixed(port, "was down and is up; ip link set " + port.name() + " down undoes it");
            }
            if (port.offloads() == OffloadPolicy.WARN || port.offloads() == OffloadPolicy.FAIL) {
                switchOff(port);
            }
        } catch (ErrnoException e) {
            findings.add(Level.FAIL, port.name(), "cannot be mended: " + e.getMessage());
        }
    }

    private boolean isTheHosts(PairSettings pair, Link link) {
        try {
            HostUse.refuse(rtnetlink, pair.host(), List.of(link));
            return false;
        } catch (ConfigException e) {
            return true;
        }
    }

    private void switchOff(PortConfig port) {
        List<HarmfulOffload> harmful = OffloadCheck.find(ethtool, port, port.name()).stream()
                .filter(offload -> !offload.fixed())
                .toList();
        if (harmful.isEmpty()) {
            return;
        }
        Map<String, Boolean> off = harmful.stream()
                .collect(Collectors.toMap(HarmfulOffload::feature, offload -> false, (a, b) -> a, TreeMap::new));
        Set<String> refused = ethtool.setFeatures(port.name(), off);
        List<HarmfulOffload> done = harmful.stream()
                .filter(offload -> !refused.contains(offload.feature()))
                .toList();
        if (!done.isEmpty()) {
            fixed(
                    port,
                    "had " + HarmfulOffload.describe(done) + "; switched off, "
                            + HarmfulOffload.ethtool(port.name(), done, "on") + " undoes it");
        }
    }

    private void fixed(PortConfig port, String text) {
        findings.add(Level.FIXED, port.name(), text);
    }

    /** Of interfaces that were set up, or the check that follows would miss them. */
    private void awaitCarriers() {
        Set<String> names = findings.all().stream()
                .filter(finding -> finding.level() == Level.FIXED)
                .map(Finding::subject)
                .collect(Collectors.toSet());
        long deadlineNs = System.nanoTime() + CARRIER_NS;
        while (deadlineNs - System.nanoTime() > 0
                && names.stream()
                        .anyMatch(name ->
                                rtnetlink.link(name).filter(Link::carrier).isEmpty())) {
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
