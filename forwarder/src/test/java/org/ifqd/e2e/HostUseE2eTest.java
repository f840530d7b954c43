package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ifqd.e2e.NetLab.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces that the host itself uses are refused in one line with the cure; the cure, or --allow-host, helps. */
@Tag("e2e")
class HostUseE2eTest {
    private static final int USAGE = 2;

    @TempDir
    private Path folder;

    private NetLab lab;

    @BeforeAll
    static void needs() {
        Requires.labAnd();
    }

    @BeforeEach
    void open() {
        lab = NetLab.open();
    }

    @AfterEach
    void close() {
        if (lab != null) {
            lab.close();
        }
    }

    private void onHost(String command) {
        lab.run(Node.DUT, command.split(" "));
    }

    @Test
    void anIpv4Address() {
        onHost("ip addr add 192.0.2.1/24 dev d1");
        assertRefused(List.of(), "d1 has IP addresses 192.0.2.1/24; ip addr flush dev d1, or --allow-host");
        assertAccepted("--allow-host");
        onHost("ip addr flush dev d1");
        assertAccepted();
    }

    @Test
    void anIpv6Address() {
        onHost("sysctl -qw net.ipv6.conf.d0.disable_ipv6=0");
        assertAccepted(); // with the link-local address that it got now
        onHost("ip addr add 2001:db8::1/64 dev d0 nodad");
        assertRefused(List.of(), "d0 has IP addresses 2001:db8::1/64; ip addr flush dev d0, or --allow-host");
    }

    @Test
    void aMaster() {
        onHost("ip link add br0 type bridge");
        onHost("ip link set d0 master br0");
        assertRefused(List.of(), "d0 is a port of a bridge; ip link set d0 nomaster, or --allow-host");
        assertAccepted("--allow-host");
        onHost("ip link set d0 nomaster");
        assertAccepted();
    }

    /** Isolated ports are out of its reach, so that it is a reason only without isolation. */
    @Test
    void forwarding() {
        onHost("sysctl -qw net.ipv4.ip_forward=1");
        String said = "the host forwards IP packets from d0 too; leave --isolate on,"
                + " sysctl -w net/ipv4/conf/d0/forwarding=0, or --allow-host";
        assertRefused(List.of("--isolate", "off"), said);
        assertAccepted("--isolate", "off", "--allow-host");
        assertAccepted();
    }

    private void assertAccepted(String... options) {
        try (Ifqd ifqd = Ifqd.bridge(lab, folder, options)) {
            Assertions.assertEquals("", ifqd.process().err(), () -> Arrays.toString(options));
            ifqd.terminate();
        }
    }

    private void assertRefused(List<String> options, String line) {
        List<String> arguments = new ArrayList<>(List.of("bridge", "d0", "d1"));
        arguments.addAll(List.of("--control", folder.resolve("control.sock").toString()));
        arguments.addAll(options);
        try (Child ifqd = lab.start(Node.DUT, Ifqd.command(arguments))) {
            Assertions.assertEquals(USAGE, ifqd.awaitExit(), ifqd::toString);
            Assertions.assertEquals("", ifqd.out());
            Assertions.assertEquals("ifqd: " + line + "\n", ifqd.err());
        }
    }
}
