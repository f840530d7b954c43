package org.ifqd.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ifqd.config.Backend;
import org.ifqd.host.HarmfulOffload;
import org.ifqd.host.HostUse;
import org.ifqd.linux.control.Feature;
import org.ifqd.linux.netlink.Address;
import org.ifqd.linux.netlink.Link;

/**
 * The obstacles to bridging an interface, each with its cure behind the last colon. Some prevent it (no
 * Ethernet), some make it wrong (LRO), some only let host and bridge see the same frames (addresses).
 */
final class Obstacles {
    private final Link link;
    private final List<String> found = new ArrayList<>();

    private Obstacles(Link link) {
        this.link = link;
    }

    /**
     * @param addresses at least those of this link
     * @param masterName the name of the link's master, or empty if it has none
     * @param driver as ethtool names it, or empty
     */
    static List<String> of(
            Link link, List<Address> addresses, String masterName, String driver, Map<String, Feature> features) {
        Obstacles obstacles = new Obstacles(link);
        obstacles.ofItsNature();
        obstacles.ofItsUse(masterName);
        obstacles.ofItsState();
        obstacles.ofAddresses(addresses);
        HarmfulOffload.of(Backend.auto, driver, features).forEach(obstacles::ofOffload);
        return List.copyOf(obstacles.found);
    }

    private void ofItsNature() {
        if (!link.isEthernet()) {
            found.add("not an Ethernet device (ARPHRD type " + link.type() + "): choose another interface");
        }
        if (link.kind().equals("bridge")) {
            found.add("is itself a bridge: name two of its ports instead, after ip link set PORT nomaster");
        }
    }

    private void ofItsUse(String masterName) {
        if (link.masterIndex() != 0) {
            found.add("port of " + HostUse.masterKind(link) + " " + masterName + ", which takes its frames: "
                    + HostUse.freed(link));
        }
        if (link.xdpProgram() != 0) {
            found.add("XDP program " + link.xdpProgram() + " is attached and sees frames first: ip link set "
                    + link.name() + " xdp off");
        }
    }

    private void ofItsState() {
        if (!link.isUp()) {
            found.add("down: ip link set " + link.name() + " up");
        } else if (!link.carrier()) {
            String cure =
                    link.kind().equals("veth") ? "bring its peer up" : "plug the cable in, bring the other end up";
            found.add("no carrier: " + cure);
        } else if (!link.isRunning()) {
            found.add("not running, operational state " + link.operState()
                    + ": if it waits for 802.1X, start wpa_supplicant on " + link.name());
        }
    }

    private void ofAddresses(List<Address> addresses) {
        String list = HostUse.usedAddresses(link, addresses);
        if (!list.isEmpty()) {
            found.add("has IP addresses " + list + ", so the host answers too: ip addr flush dev " + link.name());
        }
    }

    private void ofOffload(HarmfulOffload offload) {
        String cure = offload.fixed()
                ? "the driver cannot switch it off, choose another interface"
                : "ethtool -K " + link.name() + " " + offload.option() + " off";
        found.add(offload.option() + " on, " + offload.why() + ": " + cure);
    }
}
