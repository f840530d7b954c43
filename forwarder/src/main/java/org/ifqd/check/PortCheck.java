package org.ifqd.check;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.ifqd.check.Finding.Level;
import org.ifqd.config.Backend;
import org.ifqd.config.ChannelPolicy;
import org.ifqd.config.OffloadPolicy;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.host.HarmfulOffload;
import org.ifqd.host.HostUse;
import org.ifqd.host.OffloadCheck;
import org.ifqd.host.Preflight;
import org.ifqd.host.XdpPlan;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Ethtool;
import org.ifqd.linux.control.Rings;
import org.ifqd.linux.control.TransmitQueues;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.ifqd.linux.pcap.FilterCompiler;

/** The checks that a start makes of one port. One thread. */
public final class PortCheck {
    /** Hardware's receive queues that could be so many times longer are worth a word. */
    private static final int FAR_BELOW = 4;

    private static final String NO_HARM = "no offload merges or alters frames before ifqd sees them";

    private final Findings findings;
    private final Rtnetlink rtnetlink;
    private final Ethtool ethtool;
    private final Set<String> running;

    /** @param running ports of an ifqd that runs with the same control socket; empty for none */
    PortCheck(Findings findings, Rtnetlink rtnetlink, Ethtool ethtool, Set<String> running) {
        this.findings = findings;
        this.rtnetlink = rtnetlink;
        this.ethtool = ethtool;
        this.running = running;
    }

    void look(PairSettings pair, PortConfig port) {
        findings.run(port.name(), "an Ethernet interface, and up", () -> {
            Optional<Link> there = Preflight.link(rtnetlink, pair.pair(), port.name());
            if (there.isEmpty()) {
                return List.of("is not there; ifqd will wait for it, as wait = true says");
            }
            return there.get().isUp()
                    ? List.of()
                    : List.of("is down: nothing will come or go; ip link set " + port.name() + " up");
        });
        if (!port.filter().isEmpty()) {
            findings.run(port.name(), "its filter can be compiled", () -> {
                FilterCompiler.check(port.filter());
                return List.of();
            });
        }
        rtnetlink.link(port.name()).filter(Link::isEthernet).ifPresent(link -> interfaceOf(pair, port, link));
    }

    private void interfaceOf(PairSettings pair, PortConfig port, Link link) {
        if (link.isUp()) { // else that is what has to be mended first
            findings.run(port.name(), "has carrier", () -> carrier(link));
        }
        findings.run(port.name(), "is not used by the host itself", () -> {
            HostUse.refuse(rtnetlink, pair.host(), List.of(link));
            return List.of();
        });
        if (port.backend() == Backend.af_xdp) {
            findings.run(port.name(), "has a worker for each queue and an MTU for af_xdp", () -> {
                if (port.channels() == ChannelPolicy.FIX) {
                    XdpPlan.checkMtu(link); // the number of queues is set first
                } else {
                    XdpPlan.describe(port, link);
                }
                return List.of();
            });
        }
        forwarder(port, link);
        offloads(port, link);
        findings.run(port.name(), hardware(link), () -> shortRings(link));
        interrupts(port, link);
    }

    /** Nothing is said where the kernel, or ifqd itself, chooses the processors, and of devices without interrupts. */
    private void interrupts(PortConfig port, Link link) {
        List<Integer> cpus = port.options().cpus();
        Set<Integer> interrupted = new TransmitQueues().interrupted(link);
        if (!cpus.isEmpty() && !interrupted.isEmpty()) {
            findings.run(
                    port.name(),
                    "no processor of its workers takes its interrupts",
                    () -> sharedProcessors(cpus, interrupted));
        }
    }

    public static List<String> sharedProcessors(List<Integer> cpus, Set<Integer> interrupted) {
        String shared = cpus.stream()
                .filter(interrupted::contains)
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        return shared.isEmpty()
                ? List.of()
                : List.of(
                        "processor " + shared + " runs a worker and takes the interface's interrupts, one waits for the"
                                + " other; name others in cpus, or move the interrupts (/proc/irq/*/smp_affinity_list)");
    }

    private static List<String> carrier(Link link) {
        return link.carrier()
                ? List.of()
                : List.of("has no carrier: nothing will come or go; plug the cable in, or bring its other end up");
    }

    private void forwarder(PortConfig port, Link link) {
        OptionalLong holder = InterfaceClaim.holder(link.index());
        if (holder.isEmpty()) {
            findings.add(Level.OK, port.name(), "has no other forwarder");
        } else if (running.contains(port.name())) {
            findings.add(
                    Level.OK,
                    port.name(),
                    "is a port of the ifqd that runs with this control socket, process " + holder.getAsLong());
        } else {
            findings.add(
                    Level.FAIL,
                    port.name(),
                    "is a port of a running ifqd, process " + holder.getAsLong()
                            + "; stop that one, or give another interface");
        }
    }

    private void offloads(PortConfig port, Link link) {
        if (port.offloads() == OffloadPolicy.KEEP) {
            findings.add(Level.OK, port.name(), "offloads are not looked at, as offloads = \"keep\" says");
            return;
        }
        findings.run(
                port.name(),
                port.offloads() == OffloadPolicy.FIX ? toBeFixed(port, link) : NO_HARM,
                () -> OffloadCheck.check(ethtool, port, link.name()));
    }

    private String toBeFixed(PortConfig port, Link link) {
        List<HarmfulOffload> coming = OffloadCheck.find(ethtool, port, link.name());
        return coming.isEmpty()
                ? NO_HARM
                : "has " + HarmfulOffload.describe(coming)
                        + "; switched off while ifqd runs, as offloads = \"fix\" says";
    }

    private String hardware(Link link) {
        int queues = channels(link).map(Channels::rxQueues).orElse(link.rxQueues());
        return "receive queues: " + queues
                + rings(link)
                        .map(rings -> ", each for %d frames of at most %d".formatted(rings.rx(), rings.maxRx()))
                        .orElse("");
    }

    private List<String> shortRings(Link link) {
        return rings(link)
                .filter(rings -> rings.rx() > 0 && rings.maxRx() / FAR_BELOW >= rings.rx())
                .map(rings -> ("its receive queues hold %d frames of %d that they could: bursts may be lost in the"
                                + " hardware; ethtool -G %s rx %d")
                        .formatted(rings.rx(), rings.maxRx(), link.name(), rings.maxRx()))
                .map(List::of)
                .orElse(List.of());
    }

    private Optional<Rings> rings(Link link) {
        return Ethtool.ifPresent(() -> ethtool.rings(link.name()));
    }

    private Optional<Channels> channels(Link link) {
        return Ethtool.ifPresent(() -> ethtool.channels(link.name()));
    }
}
