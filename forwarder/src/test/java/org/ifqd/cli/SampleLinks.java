package org.ifqd.cli;

import java.util.List;
import org.ifqd.linux.control.Channels;
import org.ifqd.linux.control.Rings;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.OperState;

/** Links and reports made by hand. */
final class SampleLinks {
    static final int UP_RUNNING = Link.IFF_UP | Link.IFF_RUNNING;

    private SampleLinks() {}

    /** An Ethernet device d0 in the given state. */
    static Link ethernet(String kind, int flags, boolean carrier) {
        return link(Link.ARPHRD_ETHER, kind, flags, carrier, 0, "", 0);
    }

    static Link port(int masterIndex, String masterKind) {
        return link(Link.ARPHRD_ETHER, "", UP_RUNNING, true, masterIndex, masterKind, 0);
    }

    static Link link(
            int type, String kind, int flags, boolean carrier, int masterIndex, String masterKind, int xdpProgram) {
        OperState state = carrier ? OperState.UP : OperState.DOWN;
        return new Link(
                7,
                "d0",
                type,
                flags,
                1500,
                0x0200_0000_0001L,
                state,
                carrier,
                masterIndex,
                masterKind,
                kind,
                1,
                1,
                0,
                xdpProgram,
                65536);
    }

    static InterfaceReport report(String name, String driver, List<String> offloads, List<String> obstacles) {
        return new InterfaceReport(
                name,
                7,
                driver,
                "",
                "02:00:00:00:00:01",
                true,
                true,
                1500,
                2,
                4,
                new Channels(0, 2, 2, 0, 4, 8),
                new Rings(512, 256, 4096, 2048),
                offloads,
                NativeXdp.YES,
                obstacles);
    }
}
