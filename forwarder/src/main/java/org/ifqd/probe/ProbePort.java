package org.ifqd.probe;

import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ifqd.config.ConfigException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.control.NetworkNamespace;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;

/**
 * An interface of this network namespace or of another one: {@code eth0} or {@code NETNS/eth0}. No interface has a
 * slash in its name.
 *
 * @param namespace as {@code ip netns} knows it, or empty for our own
 */
public record ProbePort(String namespace, String name) {
    private static final Pattern FORM = Pattern.compile("(?:([^/]+)/)?([^/]+)");

    /** Reads {@code IF} or {@code NETNS/IF}. */
    public static ProbePort parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new ConfigException("'" + text + "' is not an interface; write IF or NETNS/IF");
        }
        return new ProbePort(m.group(1) == null ? "" : m.group(1), m.group(2));
    }

    /** Runs something in the interface's namespace. */
    <T> T inside(Supplier<T> body) {
        return namespace.isEmpty() ? body.get() : NetworkNamespace.call(namespace, body);
    }

    /** Looks it up; it must be an Ethernet interface that is up. */
    public Link link(Libc libc) {
        if (!namespace.isEmpty() && !NetworkNamespace.exists(namespace)) {
            throw new ConfigException("no such network namespace: " + namespace + "; see ip netns list");
        }
        Link link = inside(() -> {
            try (Rtnetlink rtnetlink = new Rtnetlink(libc)) {
                return rtnetlink.link(name).orElseThrow(() -> new ConfigException("no such interface: " + this));
            }
        });
        if (!link.isEthernet()) {
            throw new ConfigException(this + " is not an Ethernet interface");
        }
        if (!link.isUp()) {
            String where = namespace.isEmpty() ? "ip" : "ip -n " + namespace;
            throw new ConfigException(this + " is down; " + where + " link set " + name + " up");
        }
        return link;
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
