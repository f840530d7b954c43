package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Address;
import org.ifqd.linux.netlink.Link;
import org.junit.jupiter.api.Test;

class ObstaclesTest {
    private static final Link GOOD = SampleLinks.ethernet("", SampleLinks.UP_RUNNING, true);

    private static List<String> of(Link link) {
        return Obstacles.of(link, List.of(), "br0", "", Map.of());
    }

    private static List<String> withLro(boolean on, boolean fixed) {
        return Obstacles.of(GOOD, List.of(), "", "", Map.of("rx-lro", new Feature("rx-lro", on, fixed)));
    }

    private static List<String> with(Address... addresses) {
        return Obstacles.of(GOOD, List.of(addresses), "", "", Map.of());
    }

    @Test
    void nothingStandsInTheWayOfAGoodInterface() {
        assertEquals(List.of(), of(GOOD));
        assertEquals(List.of(), withLro(false, true));
    }

    @Test
    void stateTellsTheFirstThingToDo() {
        assertEquals(List.of("down: ip link set d0 up"), of(SampleLinks.ethernet("", 0, false)));
        assertEquals(
                List.of("no carrier: plug the cable in, bring the other end up"),
                of(SampleLinks.ethernet("", Link.IFF_UP, false)));
        assertEquals(List.of("no carrier: bring its peer up"), of(SampleLinks.ethernet("veth", Link.IFF_UP, false)));
        assertEquals(
                List.of("not running, operational state UP: if it waits for 802.1X, start wpa_supplicant on d0"),
                of(SampleLinks.ethernet("", Link.IFF_UP, true)));
    }

    @Test
    void natureCannotBeCured() {
        Link tun = SampleLinks.link(65534, "tun", SampleLinks.UP_RUNNING, true, 0, "", 0);
        assertEquals(List.of("not an Ethernet device (ARPHRD type 65534): choose another interface"), of(tun));
        Link bridge = SampleLinks.ethernet("bridge", SampleLinks.UP_RUNNING, true);
        assertEquals(
                List.of("is itself a bridge: name two of its ports instead, after ip link set PORT nomaster"),
                of(bridge));
    }

    @Test
    void aPortBelongsToItsMaster() {
        assertEquals(
                List.of("port of bridge br0, which takes its frames: ip link set d0 nomaster"),
                of(SampleLinks.port(3, "bridge")));
        assertEquals(
                List.of("port of openvswitch br0, which takes its frames: ovs-vsctl del-port d0"),
                of(SampleLinks.port(3, "openvswitch")));
    }

    @Test
    void addressesAreListed() {
        Address own = new Address(7, "192.0.2.1", 24, Address.RT_SCOPE_UNIVERSE);
        Address local = new Address(7, "fe80::1", 64, Address.RT_SCOPE_LINK);
        Address autoIp = new Address(7, "169.254.0.1", 16, Address.RT_SCOPE_LINK);
        assertEquals(
                List.of("has IP addresses 192.0.2.1/24, so the host answers too: ip addr flush dev d0"),
                with(own, local));
        assertEquals(List.of(), with(local));
        assertEquals(
                List.of("has IP addresses 169.254.0.1/16, so the host answers too: ip addr flush dev d0"),
                with(autoIp));
    }

    @Test
    void mergedFramesAndAttachedProgramsCount() {
        assertEquals(List.of("lro on, frames are merged beyond repair: ethtool -K d0 lro off"), withLro(true, false));
        assertEquals(
                List.of("lro on, frames are merged beyond repair: "
                        + "the driver cannot switch it off, choose another interface"),
                withLro(true, true));
        Link taken = SampleLinks.link(Link.ARPHRD_ETHER, "", SampleLinks.UP_RUNNING, true, 0, "", 12);
        assertEquals(List.of("XDP program 12 is attached and sees frames first: ip link set d0 xdp off"), of(taken));
    }
}
