package org.ifqd.probe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Veth pairs between interfaces named l0-r0, l1-r1, ... in a namespace of their own, whose name carries our process id;
 * up, and without IPv6, so that the only frames are those that a test sends.
 *
 * <p><b>Owns:</b> the namespace; the pairs go with it.
 */
final class Lab implements AutoCloseable {
    private static final boolean REQUIRED = "all".equals(System.getenv("IFQD_REQUIRE"));
    private static final AtomicInteger MADE = new AtomicInteger();

    private final List<String> namespaces = new ArrayList<>();

    private Lab() {}

    /** Makes it, or skips the test and says why; with IFQD_REQUIRE=all it fails instead. */
    static Lab open(int pairs) {
        String missing = missing();
        if (!missing.isEmpty()) {
            if (REQUIRED) {
                Assertions.fail(missing);
            }
            Assumptions.abort(missing);
        }
        Lab lab = new Lab();
        try {
            String namespace = lab.addNamespace();
            for (int i = 0; i < pairs; i++) {
                run("ip", "-n", namespace, "link", "add", "l" + i, "type", "veth", "peer", "name", "r" + i);
                lab.up("l" + i);
                lab.up("r" + i);
            }
            return lab;
        } catch (RuntimeException | AssertionError e) {
            lab.close();
            throw e;
        }
    }

    private static String missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "needs root to make interfaces";
        }
        String name = "ifqdtp" + ProcessHandle.current().pid() + "try";
        try {
            if (start("ip", "netns", "add", name).status() != 0) {
                return "needs ip (iproute2) and permission to make network namespaces";
            }
            run("ip", "netns", "del", name);
            return "";
        } catch (IOException e) {
            return "needs ip (iproute2): " + e.getMessage();
        }
    }

    private String addNamespace() {
        String name = "ifqdtp" + ProcessHandle.current().pid() + "n" + MADE.incrementAndGet();
        run("ip", "netns", "add", name);
        namespaces.add(name);
        run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
        run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        return name;
    }

    private void up(String name) {
        run("ip", "-n", namespaces.getFirst(), "link", "set", name, "up");
    }

    /** The interface as a probe names it. */
    String port(String name) {
        return namespaces.getFirst() + "/" + name;
    }

    private static void run(String... command) {
        try {
            Ended ended = start(command);
            Assertions.assertEquals(0, ended.status(), String.join(" ", command) + ": " + ended.output());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Ended(int status, String output) {}

    private static Ended start(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            Assertions.assertTrue(process.waitFor(20, TimeUnit.SECONDS), "hangs: " + String.join(" ", command));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return new Ended(process.exitValue(), output);
    }

    @Override
    public void close() {
        for (String namespace : namespaces) {
            run("ip", "netns", "del", namespace);
        }
    }
}
