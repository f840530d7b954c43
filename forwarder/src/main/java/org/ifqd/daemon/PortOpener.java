package org.ifqd.daemon;

import org.ifqd.config.ConfigException;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.packet.SocketFilter;
import org.ifqd.linux.pcap.FilterCompiler;
import org.ifqd.linux.pcap.FilterException;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.packet.PacketPort;
import org.ifqd.port.pcap.PcapPort;

/** Opens ports by the backend that their configuration names: the one place that knows all backends. */
final class PortOpener {
    private PortOpener() {}

    /**
     * Opens a port; nothing is received before its {@link Port#up}.
     *
     * @param link the interface, as it is now: index and MTU are taken from it
     * @throws ConfigException for a filter that libpcap does not understand
     */
    static Port open(PortContext context, PortConfig port, Link link) {
        try {
            return switch (port.backend()) {
                case auto, af_packet ->
                    new PacketPort(
                            context,
                            link.name(),
                            link.index(),
                            link.mtuBytes(),
                            port.options(),
                            filter(link.name(), port.filter()));
                case pcap -> new PcapPort(context, link.name(), link.mtuBytes(), port.options(), port.filter());
            };
        } catch (FilterException e) {
            throw new ConfigException(link.name() + ": " + e.getMessage());
        }
    }

    private static SocketFilter filter(String name, String expression) {
        return expression.isEmpty() ? SocketFilter.INCOMING : FilterCompiler.forSocket(name, expression);
    }
}
