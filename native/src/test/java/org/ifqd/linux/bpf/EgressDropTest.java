package org.ifqd.linux.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ifqd.linux.Errno;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.FakeLibc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.Station;
import org.ifqd.linux.lab.VethPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel makes of the program; what frames see of it is in the end-to-end tests. */
class EgressDropTest {
    private static EgressDrop open(Libc libc, String... interfaces) {
        List<Integer> indexes = List.of(interfaces).stream()
                .map(name -> Integer.parseInt(Shell.sysfs(name, "ifindex")))
                .toList();
        return EgressDrop.open(libc, indexes, List.of(interfaces));
    }

    /** An address that is added is asked for, and the multicast group of it reported: nothing of it comes over. */
    @Test
    void whatTheStackSendsDoesNotLeaveAndPacketSocketsDo() throws InterruptedException {
        try (VethPair pair = new VethPair()) {
            pair.up();
            try (Station left = new Station(pair.left());
                    EgressDrop _ = open(Libc.system(), pair.left())) {
                long before = received(pair);
                Shell.run("ip", "addr", "add", "198.18.7.1/24", "dev", pair.left());
                Shell.run("sh", "-c", "ping -n -q -c 1 -W 1 198.18.7.2 || true");
                assertEquals(before, received(pair));
                left.send(new byte[60], 3);
                assertEquals(before + 3, received(pair));
            }
            long before = received(pair);
            Shell.run("sh", "-c", "ping -n -q -c 1 -W 1 198.18.7.2 || true");
            assertTrue(received(pair) > before);
        }
    }

    private static long received(VethPair pair) {
        return Long.parseLong(Shell.sysfs(pair.right(), "statistics/rx_packets"));
    }

    /** Program and two links. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void eachCallMayFailAndNothingIsLeft(int failing) {
        FakeLibc libc = new FakeLibc().failCall(failing, Errno.EPERM);
        ErrnoException e =
                assertThrows(ErrnoException.class, () -> EgressDrop.open(libc, List.of(1, 2), List.of("d0", "d1")));
        assertTrue(e.getMessage().contains("CAP_BPF"), e.getMessage());
        assertEquals(List.of(), libc.leftOver());
    }
}
