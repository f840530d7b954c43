package org.ifqd.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;

/** tcpdump on one interface, both directions: the witness of what crossed the wire. */
final class Capture implements AutoCloseable {
    private static final Pattern CAPTURED = Pattern.compile("(\\d+) packets? captured");
    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

    private final Path file;
    private final Child tcpdump;

    private Capture(Path file, Child tcpdump) {
        this.file = file;
        this.tcpdump = tcpdump;
    }

    /**
     * Starts to capture; on return the interface is being listened to.
     *
     * @param bufferKib how much tcpdump may be behind; large enough for all frames, it cannot lose one
     * @param options further options of tcpdump, such as {@code -s 64}
     */
    static Capture start(NetLab lab, NetLab.Nic nic, Path folder, int bufferKib, String... options) {
        Path file = folder.resolve(nic + ".pcap");
        List<String> command = new ArrayList<>(List.of("tcpdump", "-i", nic.name(), "-n", "-Z", "root", "-B"));
        command.addAll(List.of(Integer.toString(bufferKib), "-w", file.toString()));
        command.addAll(List.of(options));
        Child tcpdump = lab.start(nic.node, command);
        try {
            tcpdump.awaitText("listening on");
        } catch (AssertionError e) {
            tcpdump.close();
            throw e;
        }
        return new Capture(file, tcpdump);
    }

    /** Waits until this many frames are captured, both directions together, ends the capture and reads it. */
    List<byte[]> frames(long count) {
        stop(count);
        return Pcap.read(file);
    }

    /** As {@link #frames}, one by one. */
    void forEach(long count, Consumer<byte[]> action) {
        stop(count);
        Pcap.forEach(file, action);
    }

    private void stop(long count) {
        Await.until(() -> count + " frames captured by " + tcpdump, () -> {
            tcpdump.signal("USR1"); // prints its account; at the end it would forget what is still in its buffer
            return account(CAPTURED) >= count;
        });
        tcpdump.signal("TERM");
        Assertions.assertEquals(0, tcpdump.awaitExit(), tcpdump::toString);
        Assertions.assertEquals(0, account(DROPPED), () -> "the witness lost frames: " + tcpdump);
    }

    private long account(Pattern pattern) {
        return pattern.matcher(tcpdump.err())
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .max()
                .orElse(-1);
    }

    @Override
    public void close() {
        tcpdump.close();
    }
}
