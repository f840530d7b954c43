package org.ifqd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command as a user calls it; the interfaces are real where a test makes some. */
class InterfacesCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(InterfacesCommand command, String... arguments) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    /** The object of an interface in a fresh answer, or null. */
    private Map<String, Object> json(String name) throws IOException {
        out.getBuffer().setLength(0);
        assertEquals(0, execute(new InterfacesCommand(), "--json"));
        assertEquals("", err.toString());
        List<?> all = (List<?>) JSON.std.mapFrom(out.toString()).get("interfaces");
        for (Object each : all) {
            Map<String, Object> one = JSON.std.mapFrom(JSON.std.asString(each));
            if (one.get("name").equals(name)) {
                return one;
            }
        }
        return null;
    }

    private static void ip(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), String.join(" ", command) + ": " + output);
    }

    private static void assumeInterfacesCanBeMade() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root to make interfaces");
        boolean there = List.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ip")));
        Assumptions.assumeTrue(there, "needs ip in the PATH");
    }

    @Test
    void followsAPairThroughItsStates() throws IOException, InterruptedException {
        assumeInterfacesCanBeMade();
        String base = "ifqdt" + Long.toString(ProcessHandle.current().pid(), 36);
        String left = base + "-l";
        String right = base + "-r";
        String bridge = base + "-b";
        ip("link", "add", left, "mtu", "1400", "address", "02:00:00:00:00:0a", "type", "veth", "peer", "name", right);
        try {
            ip("link", "set", left, "addrgenmode", "none");
            Map<String, Object> down = json(left);
            assertEquals("veth", down.get("driver"));
            assertEquals("veth", down.get("kind"));
            assertEquals("02:00:00:00:00:0a", down.get("mac"));
            assertEquals(false, down.get("up"));
            assertEquals(1400, down.get("mtu"));
            assertQueues(left, down.get("queues"));
            assertNull(down.get("rings"));
            assertTrue(((List<?>) down.get("offloads")).contains("tx-tcp-segmentation"));
            assertEquals("yes", down.get("nativeXdp"));
            assertEquals(List.of("down: ip link set " + left + " up"), down.get("obstacles"));

            ip("link", "set", left, "up");
            assertEquals(List.of("no carrier: bring its peer up"), json(left).get("obstacles"));

            ip("link", "set", right, "up");
            awaitOperationalStateUp(left);
            Map<String, Object> up = json(left);
            assertEquals(true, up.get("up"));
            assertEquals(true, up.get("carrier"));
            assertEquals(List.of(), up.get("obstacles"));

            ip("addr", "add", "192.0.2.1/24", "dev", left);
            ip("link", "add", bridge, "type", "bridge");
            ip("link", "set", left, "master", bridge);
            assertEquals(
                    List.of(
                            "port of bridge " + bridge + ", which takes its frames: ip link set " + left + " nomaster",
                            "has IP addresses 192.0.2.1/24, so the host answers too: ip addr flush dev " + left),
                    json(left).get("obstacles"));
            assertEquals("no", json(bridge).get("nativeXdp"));
        } finally {
            ip("link", "del", left);
            if (Files.exists(Path.of("/sys/class/net", bridge))) {
                ip("link", "del", bridge);
            }
        }
    }

    private static void awaitOperationalStateUp(String name) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + 5_000_000_000L;
        while (!Files.readString(Path.of("/sys/class/net", name, "operstate"))
                .strip()
                .equals("up")) {
            assertTrue(deadlineNs - System.nanoTime() > 0, name + " does not come up");
            Thread.sleep(5);
        }
    }

    private static void assertQueues(String name, Object queues) throws IOException {
        Map<?, ?> shown = (Map<?, ?>) queues;
        Map<String, Object> real = sysfsQueues(name);
        assertEquals(real.get("rx"), shown.get("rx"));
        assertEquals(real.get("tx"), shown.get("tx"));
        int most = (Integer) ((Map<?, ?>) shown.get("max")).get("rx");
        assertTrue(most >= (Integer) real.get("rx"), shown.toString());
    }

    private static Map<String, Object> sysfsQueues(String name) throws IOException {
        try (var queues = Files.list(Path.of("/sys/class/net", name, "queues"))) {
            List<String> all = queues.map(q -> q.getFileName().toString()).toList();
            int rx = (int) all.stream().filter(q -> q.startsWith("rx-")).count();
            return Map.of("rx", rx, "tx", all.size() - rx);
        }
    }

    @Test
    void loopbackIsLeftOut() throws IOException {
        assertNull(json("lo"));
    }

    @Test
    void theJsonObjectKeepsItsShape() throws IOException {
        InterfaceReport report = SampleLinks.report("d0", "igc", List.of("rx-gro"), List.of("down: x"));
        assertEquals(0, execute(new InterfacesCommand(() -> List.of(report)), "--json"));
        assertEquals("""
                {"interfaces":[{"name":"d0","index":7,"driver":"igc","kind":"","mac":"02:00:00:00:00:01",\
                "up":true,"carrier":true,"mtu":1500,"queues":{"rx":2,"tx":4,\
                "max":{"rx":0,"tx":4,"combined":8}},"rings":{"rx":512,"tx":256,"maxRx":4096,"maxTx":2048},"offloads":["rx-gro"],\
                "nativeXdp":"yes","obstacles":["down: x"]}]}
                """, out.toString());
    }

    @Test
    void theTableIsTheDefault() {
        assertEquals(0, execute(new InterfacesCommand()));
        assertTrue(out.toString().startsWith("INTERFACE"), out.toString());
    }

    @Test
    void aFailureIsOneLineAndStatusOne() {
        InterfacesCommand command = new InterfacesCommand(() -> {
            throw new ErrnoException("socket", "NETLINK_ROUTE", Errno.EMFILE, "");
        });
        assertEquals(1, execute(command));
        assertEquals("", out.toString());
        assertEquals(
                "ifqd interfaces: socket NETLINK_ROUTE: EMFILE; too many open files; raise ulimit -n (systemd:"
                        + " LimitNOFILE=)" + System.lineSeparator(),
                err.toString());
    }
}
