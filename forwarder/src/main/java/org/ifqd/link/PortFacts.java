package org.ifqd.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ifqd.config.PortConfig;
import org.ifqd.linux.netlink.Link;

/** A port and its interface for programs, as {@code stats --json} lists them with their pair. Any thread. */
public final class PortFacts {
    private PortFacts() {}

    /** A value that is not known, as the speed of an interface without a carrier, is null. */
    public static Map<String, Object> of(PortConfig settings, PortLink portLink) {
        Link link = portLink.now().orElse(null);
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", portLink.name());
        map.put("interface", link == null ? null : link.name());
        map.put("carrier", link != null && link.carrier());
        map.put("mtu", link == null ? null : link.mtuBytes());
        map.put("speedMbit", link == null ? null : speedMbit(link.name()));
        map.put("qdisc", settings.options().qdisc().toString());
        return map;
    }

    /** As in sysfs, Documentation/ABI/testing/sysfs-class-net; reading it fails where there is none. */
    private static Long speedMbit(String name) {
        try {
            long speed = Long.parseLong(
                    Files.readString(Path.of("/sys/class/net", name, "speed")).strip());
            return speed > 0 ? speed : null;
        } catch (IOException | NumberFormatException e) {
            return null;
        }
    }
}
