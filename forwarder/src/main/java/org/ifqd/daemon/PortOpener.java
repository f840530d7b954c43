package org.ifqd.daemon;

import org.ifqd.config.PortConfig;
import org.ifqd.linux.netlink.Link;
import org.ifqd.port.Port;
import org.ifqd.port.PortContext;
import org.ifqd.port.packet.PacketPort;

/** Opens ports by the backend that their configuration names: the one place that knows all backends. */
final class PortOpener {
    private PortOpener() {}

    /**
     * Opens a port; nothing is received before its {@link Port#up}.
     *
     * @param link the interface, as it is now: index and MTU are taken from it
     */
    static Port open(PortContext context, PortConfig port, Link link) {
        return switch (port.backend()) {
            case auto, af_packet -> new PacketPort(context, link.name(), link.index(), link.mtuBytes(), port.options());
        };
    }
}
