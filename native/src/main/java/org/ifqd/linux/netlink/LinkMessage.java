package org.ifqd.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Reads RTM_NEWLINK and RTM_DELLINK, as answers and as notifications (both carry the same).
 *
 * <p>Two kinds of RTM_NEWLINK and RTM_DELLINK are not about a link as such and give an empty result. A bridge announces
 * its ports with family AF_BRIDGE: an RTM_DELLINK of that kind says that a port left the bridge, <em>not</em> that the
 * interface is gone. Wireless drivers send events with a name and little else, recognised by the missing MTU.
 */
final class LinkMessage {
    private static final int MAC_BYTES = 6;

    private LinkMessage() {}

    /** @throws NetlinkFormatException if the message contradicts itself or has no name */
    static Optional<Link> parse(Message message) {
        if (message.type() != RtnetlinkLayout.RTM_NEWLINK && message.type() != RtnetlinkLayout.RTM_DELLINK) {
            return Optional.empty();
        }
        List<Attribute> attributes = message.attributes(RtnetlinkLayout.SIZEOF_IFINFOMSG);
        boolean ofLink = message.payload().get(JAVA_BYTE, RtnetlinkLayout.IFI_FAMILY) == 0; // AF_UNSPEC
        boolean complete = attributes.stream().anyMatch(a -> a.type() == RtnetlinkLayout.IFLA_MTU);
        return ofLink && complete ? Optional.of(link(message.payload(), attributes)) : Optional.empty();
    }

    /** The alias of the link that a message is about, perhaps empty; an empty result as {@link #parse}. */
    static Optional<String> alias(Message message) {
        return parse(message)
                .map(link -> text(message.attributes(RtnetlinkLayout.SIZEOF_IFINFOMSG), RtnetlinkLayout.IFLA_IFALIAS));
    }

    private static Link link(MemorySegment ifinfomsg, List<Attribute> attributes) {
        String name = "";
        int mtuBytes = 0;
        long mac = 0;
        OperState operState = OperState.UNKNOWN;
        boolean carrier = false;
        int masterIndex = 0;
        String masterKind = "";
        String kind = "";
        int rxQueues = 1;
        int txQueues = 1;
        int promiscuity = 0;
        int xdpProgram = 0;
        int largestGsoBytes = 0;
        for (Attribute attribute : attributes) {
            switch (attribute.type()) {
                case RtnetlinkLayout.IFLA_IFNAME -> name = attribute.text();
                case RtnetlinkLayout.IFLA_MTU -> mtuBytes = attribute.u32();
                case RtnetlinkLayout.IFLA_ADDRESS -> mac = mac(attribute.bytes());
                case RtnetlinkLayout.IFLA_OPERSTATE -> operState = OperState.of(attribute.u8());
                case RtnetlinkLayout.IFLA_CARRIER -> carrier = attribute.u8() != 0;
                case RtnetlinkLayout.IFLA_MASTER -> masterIndex = attribute.u32();
                case RtnetlinkLayout.IFLA_LINKINFO -> {
                    kind = text(attribute.nested(), RtnetlinkLayout.IFLA_INFO_KIND);
                    masterKind = text(attribute.nested(), RtnetlinkLayout.IFLA_INFO_SLAVE_KIND);
                }
                case RtnetlinkLayout.IFLA_NUM_RX_QUEUES -> rxQueues = attribute.u32();
                case RtnetlinkLayout.IFLA_NUM_TX_QUEUES -> txQueues = attribute.u32();
                case RtnetlinkLayout.IFLA_PROMISCUITY -> promiscuity = attribute.u32();
                case RtnetlinkLayout.IFLA_XDP -> xdpProgram = xdpProgram(attribute.nested());
                case RtnetlinkLayout.IFLA_GSO_MAX_SIZE,
                        RtnetlinkLayout.IFLA_GRO_MAX_SIZE,
                        RtnetlinkLayout.IFLA_GSO_IPV4_MAX_SIZE,
                        RtnetlinkLayout.IFLA_GRO_IPV4_MAX_SIZE ->
                    largestGsoBytes = Math.max(largestGsoBytes, attribute.u32());
                default -> {}
            }
        }
        if (name.isEmpty()) {
            throw new NetlinkFormatException("rtnetlink: a link without a name");
        }
        return new Link(
                ifinfomsg.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.IFI_INDEX),
                name,
                ifinfomsg.get(JAVA_SHORT_UNALIGNED, RtnetlinkLayout.IFI_TYPE) & 0xffff,
                ifinfomsg.get(JAVA_INT_UNALIGNED, RtnetlinkLayout.IFI_FLAGS),
                mtuBytes,
                mac,
                operState,
                carrier,
                masterIndex,
                masterKind,
                kind,
                rxQueues,
                txQueues,
                promiscuity,
                xdpProgram,
                largestGsoBytes);
    }

    private static long mac(byte[] address) {
        if (address.length != MAC_BYTES) {
            return 0; // InfiniBand has 20 bytes, a tunnel 4 or 16
        }
        long mac = 0;
        for (byte octet : address) {
            mac = mac << 8 | octet & 0xff;
        }
        return mac;
    }

    private static String text(List<Attribute> attributes, int type) {
        return attributes.stream()
                .filter(a -> a.type() == type)
                .findFirst()
                .map(Attribute::text)
                .orElse("");
    }

    /** PROG_ID stands for the only program; with several attached at once there is one id for each way of attaching. */
    private static int xdpProgram(List<Attribute> attributes) {
        return attributes.stream()
                .filter(a ->
                        a.type() >= RtnetlinkLayout.IFLA_XDP_PROG_ID && a.type() <= RtnetlinkLayout.IFLA_XDP_HW_PROG_ID)
                .mapToInt(Attribute::u32)
                .filter(id -> id != 0)
                .findFirst()
                .orElse(0);
    }
}
