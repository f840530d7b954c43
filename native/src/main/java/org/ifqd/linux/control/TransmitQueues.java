package org.ifqd.linux.control;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ifqd.linux.ErrnoException;
import org.ifqd.linux.netlink.Link;

/**
 * Transmit queues of an interface, and processors that take its interrupts. Any thread.
 *
 * <p>A packet socket that bypasses the queueing discipline sends through the queue of the processor that makes the call
 * (by the XPS map, or processor modulo queues): net/packet/af_packet.c, packet_pick_tx_queue.
 */
public final class TransmitQueues {
    private final Path sys;
    private final Path proc;

    /** Of this machine. */
    public TransmitQueues() {
        this(Path.of("/sys/class/net"), Path.of("/proc"));
    }

    TransmitQueues(Path sys, Path proc) {
        this.sys = sys;
        this.proc = proc;
    }

    /** How many are in use. Where neither the driver nor sysfs says: how many there may be. */
    public int count(Ethtool ethtool, Link link) {
        int channels = channels(ethtool, link);
        if (channels > 0) {
            return channels;
        }
        int shown = isOf(link)
                ? children(sys.resolve(link.name()).resolve("queues"), "tx-*").size()
                : 0;
        return shown > 0 ? shown : Math.max(1, link.txQueues());
    }

    private static int channels(Ethtool ethtool, Link link) {
        try {
            return ethtool.channels(link.name()).map(Channels::txQueues).orElse(0);
        } catch (ErrnoException e) {
            return 0; // its device sleeps, or is just going
        }
    }

    /** Whether sysfs shows the network namespace that the link is of. */
    private boolean isOf(Link link) {
        return read(sys.resolve(link.name()).resolve("ifindex")).equals(Integer.toString(link.index()));
    }

    /** Processors that take interrupts of the interface's device; none for one without, as veth. */
    public Set<Integer> interrupted(Link link) {
        Set<Integer> cpus = new HashSet<>();
        if (isOf(link)) {
            Path device = sys.resolve(link.name()).resolve("device");
            for (Path vectors :
                    List.of(device.resolve("msi_irqs"), device.resolve("../msi_irqs"))) { // virtio: its parent's
                for (Path vector : children(vectors, "*")) {
                    Path irq = proc.resolve("irq").resolve(vector.getFileName().toString());
                    if (isUsed(irq)) {
                        addList(cpus, read(irq.resolve("effective_affinity_list")));
                    }
                }
            }
        }
        return cpus;
    }

    /** Whether a driver has asked for it, and for frames: then it has a directory of the driver's name for it. */
    private static boolean isUsed(Path irq) {
        try (Stream<Path> files = Files.list(irq)) {
            return files.anyMatch(file -> Files.isDirectory(file)
                    && !file.getFileName().toString().endsWith("-config")); // virtio's: the link has changed
        } catch (IOException e) {
            return false;
        }
    }

    /** @param text as {@code 0-3,8} */
    private static void addList(Set<Integer> cpus, String text) {
        for (String part : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] ends = part.split("-");
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
    }

    private static Set<Path> children(Path folder, String names) {
        Set<Path> found = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, names)) {
            all.forEach(found::add);
        } catch (IOException e) {
            // it has none
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
