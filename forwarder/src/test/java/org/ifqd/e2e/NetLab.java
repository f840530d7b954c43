package org.ifqd.e2e;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A private network for one test; nothing outside of it is touched.
 *
 * <pre>
 *   gen:g0 ======== d0:dut:d1 ======== s0:sink        (=== is a veth pair)
 * </pre>
 *
 * <p>No IPv6, permanent neighbours, offloads off: the only frames are those that a test sends, as it sends them.
 *
 * <p><b>Owns:</b> the namespaces; the pairs go with them. The names carry the PID, so that test runs can be side by
 * side.
 */
final class NetLab implements AutoCloseable {
    static final String GEN_MAC = "02:00:00:00:00:01";
    static final String SINK_MAC = "02:00:00:00:00:04";
    static final String GEN_IP = "198.18.0.1";
    static final String SINK_IP = "198.18.0.2";

    private static final AtomicInteger LABS = new AtomicInteger();

    /** The namespaces. */
    enum Node {
        GEN,
        DUT,
        SINK
    }

    /** The four interfaces, each named as on the machine. */
    enum Nic {
        g0(Node.GEN),
        d0(Node.DUT),
        d1(Node.DUT),
        s0(Node.SINK);

        final Node node;

        Nic(Node node) {
            this.node = node;
        }
    }

    /** An interface's own account; of a veth pair {@code tx.dropped} were sent and did not reach the other end. */
    record Counters(long rxFrames, long txFrames, long txDropped) {}

    private final String prefix = "ifqd-" + ProcessHandle.current().pid() + "-" + LABS.incrementAndGet() + "-";
    private final List<String> namespaces = new ArrayList<>();

    private NetLab() {}

    static NetLab open() {
        NetLab lab = new NetLab();
        try {
            lab.build();
            return lab;
        } catch (RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    private void build() {
        for (Node node : Node.values()) {
            Child.run("ip", "netns", "add", namespace(node));
            namespaces.add(namespace(node));
            run(node, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
        }
        pair(Nic.g0, GEN_MAC, Nic.d0, "02:00:00:00:00:02");
        pair(Nic.d1, "02:00:00:00:00:03", Nic.s0, SINK_MAC);
        prepare(Nic.values());
    }

    private void prepare(Nic... nics) {
        for (Nic nic : nics) {
            offloads(nic, "off");
            link(nic, "up");
        }
        addresses();
    }

    /** Sets the addresses and the neighbours, also again: an interface that goes down forgets its neighbours. */
    void addresses() {
        address(Nic.g0, GEN_IP, SINK_IP, SINK_MAC);
        address(Nic.s0, SINK_IP, GEN_IP, GEN_MAC);
    }

    /** Takes d1 out, and s0 with it, its cable's other end. */
    void removeSink() {
        ip(Node.DUT, "link del d1");
    }

    /** Puts d1 and s0 in again, as new interfaces of the same names. */
    void insertSink() {
        pair(Nic.d1, "02:00:00:00:00:03", Nic.s0, SINK_MAC);
        prepare(Nic.d1, Nic.s0);
    }

    /** As the other one; d1 has an IP address from the moment it is called so. */
    void insertSink(String address) {
        ip(Node.DUT, "link add n1 type veth peer name s0 address " + SINK_MAC + " netns " + namespace(Node.SINK));
        ip(Node.DUT, "addr add " + address + " dev n1");
        ip(Node.DUT, "link set n1 name d1");
        prepare(Nic.d1, Nic.s0);
    }

    private void pair(Nic one, String mac, Nic other, String otherMac) {
        ip(
                one.node,
                "link add " + one + " address " + mac + " type veth peer name " + other + " address " + otherMac
                        + " netns " + namespace(other.node));
    }

    /**
     * Adds two more veth interfaces to the middle namespace, e0 and e1, whose other ends, f0 and f1, are up there as
     * well.
     */
    void spare() {
        for (int i = 0; i < 2; i++) {
            ip(Node.DUT, "link add e" + i + " type veth peer name f" + i);
            ip(Node.DUT, "link set e" + i + " up");
            ip(Node.DUT, "link set f" + i + " up");
        }
    }

    private void address(Nic nic, String ip, String neighbour, String neighbourMac) {
        ip(nic.node, "addr replace " + ip + "/24 dev " + nic);
        ip(nic.node, "neigh replace " + neighbour + " lladdr " + neighbourMac + " dev " + nic + " nud permanent");
    }

    /** Sets checksum and segmentation offloads of an interface {@code on} or {@code off}. */
    void offloads(Nic nic, String state) {
        List<String> ethtool = new ArrayList<>(List.of("ethtool", "-K", nic.name()));
        for (String offload : List.of("tx", "rx", "sg", "tso", "gso", "gro")) {
            ethtool.addAll(List.of(offload, state));
        }
        run(nic.node, ethtool.toArray(String[]::new));
    }

    /** Sets an interface {@code up} or {@code down}. */
    void link(Nic nic, String state) {
        ip(nic.node, "link set " + nic + " " + state);
    }

    /** Runs ip(8) with these words in a namespace. */
    void ip(Node node, String command) {
        Child.run(("ip -n " + namespace(node) + " " + command).split(" "));
    }

    String namespace(Node node) {
        return prefix + node.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Starts a command in a namespace. {@code ip netns exec} becomes the command, so signals reach it. */
    Child start(Node node, List<String> command) {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace(node)));
        line.addAll(command);
        return Child.start(line);
    }

    Child start(Node node, String... command) {
        return start(node, List.of(command));
    }

    /** Runs a command in a namespace to its end, which has to be a good one. Returns what it printed on stdout. */
    String run(Node node, String... command) {
        try (Child child = start(node, command)) {
            return child.awaitSuccess();
        }
    }

    Counters counters(Nic nic) {
        String json = Child.run("ip", "-n", namespace(nic.node), "-j", "-s", "link", "show", "dev", nic.name());
        try {
            Map<?, ?> link = (Map<?, ?>) JSON.std.listFrom(json).getFirst();
            Map<?, ?> stats = (Map<?, ?>) link.get("stats64");
            return new Counters(
                    number(stats, "rx", "packets"), number(stats, "tx", "packets"), number(stats, "tx", "dropped"));
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    private static long number(Map<?, ?> stats, String direction, String counter) {
        return ((Number) ((Map<?, ?>) stats.get(direction)).get(counter)).longValue();
    }

    @Override
    public void close() {
        for (String namespace : namespaces) {
            try (Child delete = Child.start(List.of("ip", "netns", "del", namespace))) {
                delete.awaitExit();
            }
        }
    }
}
