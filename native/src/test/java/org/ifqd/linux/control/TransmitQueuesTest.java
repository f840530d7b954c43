package org.ifqd.linux.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.ifqd.linux.Libc;
import org.ifqd.linux.lab.Shell;
import org.ifqd.linux.lab.VethPair;
import org.ifqd.linux.netlink.Link;
import org.ifqd.linux.netlink.Rtnetlink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues are those in use, not those that could be; interrupts are those that carry frames. */
class TransmitQueuesTest {
    @TempDir
    private Path machine;

    private static Link link(String name) {
        try (Rtnetlink rtnetlink = new Rtnetlink(Libc.system())) {
            return rtnetlink.link(name).orElseThrow();
        }
    }

    @Test
    void countsQueuesInUse() {
        Shell.assumeTools("ethtool");
        TransmitQueues queues = new TransmitQueues();
        try (VethPair one = new VethPair();
                VethPair four = new VethPair(4);
                Ethtool ethtool = Ethtool.open()) {
            assertEquals(1, queues.count(ethtool, link(one.left())));
            assertEquals(4, queues.count(ethtool, link(four.left())));
            Shell.run("ethtool", "-L", four.left(), "tx", "2");
            assertEquals(4, link(four.left()).txQueues());
            assertEquals(2, queues.count(ethtool, link(four.left())));
        }
    }

    @Test
    void sysfsAnswersForDriversWithoutChannels() {
        try (VethPair pair = new VethPair();
                Ethtool ethtool = Ethtool.open()) {
            String bridge = VethPair.uniqueName();
            Shell.run("ip", "link", "add", bridge, "numtxqueues", "3", "type", "bridge");
            try {
                assertEquals(3, new TransmitQueues().count(ethtool, link(bridge)));
                assertEquals(
                        3,
                        new TransmitQueues(machine, machine).count(ethtool, link(bridge)),
                        "another namespace's sysfs: as many as there may be");
            } finally {
                Shell.run("ip", "link", "del", bridge);
            }
            assertEquals(Set.of(), new TransmitQueues().interrupted(link(pair.left())));
        }
    }

    @Test
    void findsProcessorsThatTakeInterrupts() throws IOException {
        try (VethPair pair = new VethPair()) {
            Link link = link(pair.left());
            Path nic = Files.createDirectories(machine.resolve("net").resolve(link.name()));
            Files.writeString(nic.resolve("ifindex"), link.index() + "\n");
            Path parent = Files.createDirectories(machine.resolve("pci"));
            Files.createSymbolicLink(nic.resolve("device"), Files.createDirectories(parent.resolve("virtio2")));
            interrupt(parent, 37, "virtio2-config", "5");
            interrupt(parent, 38, "virtio2-input.0", "1");
            interrupt(parent, 39, "virtio2-output.0", "2-3,8");
            interrupt(parent, 40, "", "6");
            TransmitQueues queues = new TransmitQueues(machine.resolve("net"), machine.resolve("proc"));
            assertEquals(Set.of(1, 2, 3, 8), queues.interrupted(link));
            Files.writeString(nic.resolve("ifindex"), link.index() + 1 + "\n");
            assertEquals(Set.of(), queues.interrupted(link), "another interface of that name");
        }
    }

    /** @param handler empty: nobody has asked for it */
    private void interrupt(Path device, int number, String handler, String cpus) throws IOException {
        Files.writeString(
                Files.createDirectories(device.resolve("msi_irqs")).resolve(Integer.toString(number)), "msix");
        Path irq = machine.resolve("proc/irq").resolve(Integer.toString(number));
        Files.createDirectories(irq.resolve(handler));
        Files.writeString(irq.resolve("effective_affinity_list"), cpus + "\n");
    }
}
