package org.ifqd.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ifqd.bridge.Bridge;
import org.ifqd.bridge.LoopProbe;
import org.ifqd.config.ConfigException;
import org.ifqd.config.PairSettings;
import org.ifqd.config.PortConfig;
import org.ifqd.host.LanePlanner;
import org.ifqd.host.XdpModes;
import org.ifqd.host.XdpPlan;
import org.ifqd.ifq.StartPolicy;
import org.ifqd.ifq.StartWorker;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.InterfaceClaim;
import org.ifqd.linux.Libc;
import org.ifqd.linux.Scheduling;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.pcap.FilterCompiler;
import org.ifqd.linux.pcap.FilterException;
import org.ifqd.port.LanePlan;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.packet.PacketPort;
import org.ifqd.port.pcap.PcapPort;
import org.ifqd.port.xdp.XdpMemory;
import org.ifqd.port.xdp.XdpPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens ports by the backend that their configuration names: the one place that knows all backends. */
final class PortOpener {
    private static final Logger LOG = LoggerFactory.getLogger(PortOpener.class);

    private final Libc libc;
    private final StartWorker worker;
    private final Scheduling scheduling;
    private final DaemonEvents daemon;

    /**
     * @param worker runs the start routines of ports whose policy is to have them run by a thread of their own
     * @param scheduling of the threads that move frames
     * @param daemon told of what fails while ports run
     */
    PortOpener(Libc libc, StartWorker worker, Scheduling scheduling, DaemonEvents daemon) {
        this.libc = libc;
        this.worker = worker;
        this.scheduling = scheduling;
        this.daemon = daemon;
    }

    Libc libc() {
        return libc;
    }

    DaemonEvents daemon() {
        return daemon;
    }

    /**
     * Opens both ports of a pair and connects them, or opens none; no frame flows before {@link Bridge#start}.
     *
     * @param links the interfaces, as they are now
     */
    Bridge bridge(PairSettings pair, List<Link> links) {
        List<Port> ports = XdpModes.open(libc, pair, links, (settings, frames) -> both(settings, links, frames));
        return new Bridge(ports.get(0), ports.get(1), pair.linkLocal(), daemon::loopChanged, daemon::workerFailed);
    }

    private List<Port> both(List<PortConfig> ports, List<Link> links, XdpMemory frames) {
        List<Port> opened = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                PortConfig port = ports.get(i);
                LanePlan plan = LanePlanner.plan(ports.get(1 - i), links.get(1 - i), links.get(i));
                opened.add(open(context(port), port, links.get(i), plan, frames));
                LanePlanner.tell(opened.get(i), plan);
            }
            return opened;
        } catch (RuntimeException e) {
            for (Port port : opened) {
                try {
                    port.close();
                } catch (RuntimeException also) {
                    e.addSuppressed(also);
                }
            }
            if (frames != null) {
                frames.close(); // where no port has come to share it
            }
            throw e;
        }
    }

    private PortContext context(PortConfig port) {
        return new PortContext(libc, StartPolicy.of(port.start(), worker), daemon, LOG::warn, scheduling);
    }

    /**
     * Opens a port; nothing is received before its {@link Port#up}.
     *
     * @param link the interface, as it is now: index and MTU are taken from it
     * @param plan of its lanes
     * @param frames of the pair, for AF_XDP, else null
     * @throws ConfigException for a filter that libpcap does not understand, or if another process forwards the
     *     interface
     */
    static Port open(PortContext context, PortConfig port, Link link, LanePlan plan, XdpMemory frames) {
        try {
            return switch (port.backend()) {
                case auto, af_packet ->
                    new PacketPort(
                            context,
                            port.name(),
                            link.index(),
                            link.mtuBytes(),
                            link.largestGsoBytes(),
                            port.options(),
                            filter(link.name(), port.filter()),
                            plan);
                case af_xdp ->
                    new XdpPort(context, port.name(), XdpPlan.describe(port, link), port.options(), frames, plan);
                case pcap ->
                    new PcapPort(
                            context,
                            port.name(),
                            link.name(),
                            link.index(),
                            link.mtuBytes(),
                            port.options(),
                            LoopProbe.let(port.filter()));
            };
        } catch (FilterException e) {
            throw new ConfigException(link.name() + ": " + e.getMessage());
        } catch (ErrnoException e) {
            throw e.errno() == Errno.EADDRINUSE ? inUse(link) : e;
        }
    }

    private static SocketFilter filter(String name, String expression) {
        return expression.isEmpty() ? SocketFilter.INCOMING : FilterCompiler.forSocket(name, LoopProbe.let(expression));
    }

    private static ConfigException inUse(Link link) {
        OptionalLong pid = InterfaceClaim.holder(link.index());
        String holder = pid.isPresent() ? "process " + pid.getAsLong() : "another process";
        return new ConfigException(
                link.name() + " is a port of a running ifqd, " + holder + "; stop that one, or give another interface");
    }
}
