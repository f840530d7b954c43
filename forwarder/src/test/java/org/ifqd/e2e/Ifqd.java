package org.ifqd.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import org.ifqd.e2e.NetLab.Nic;
import org.ifqd.e2e.NetLab.Node;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;

/**
 * A forwarder between d0 and d1, in a process of its own in the lab's middle namespace: this JVM's Java and class path,
 * the launcher's options.
 */
final class Ifqd implements AutoCloseable {
    /**
     * A {@code --rx-ring} for tests in which nothing may be lost. The ring's blocks are handed over every millisecond,
     * full or not, so the default's 32 blocks outlast only 32 ms without a processor; other work on the machine must
     * not decide.
     */
    static final String ROOMY_RING = "128MiB";

    private static final String READY = "ready: d0 <-> d1";

    private final NetLab lab;
    private final Path control;
    private final Child child;

    private Ifqd(NetLab lab, Path control, Child child) {
        this.lab = lab;
        this.control = control;
        this.child = child;
    }

    /** The command line of ifqd with these arguments. */
    static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx256m",
                "-ea",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.ifqd.cli.Main"));
        command.addAll(arguments);
        return command;
    }

    /** Starts {@code ifqd bridge d0 d1} with further options. On return frames can flow. */
    static Ifqd bridge(NetLab lab, Path folder, String... options) {
        return bridge(lab, List.of(), folder, options);
    }

    /** As the other one, with a command in front that becomes ifqd, for example {@code taskset -c 0}. */
    static Ifqd bridge(NetLab lab, List<String> wrapper, Path folder, String... options) {
        Path control = folder.resolve("control.sock");
        List<String> arguments =
                new ArrayList<>(List.of("bridge", Nic.d0.name(), Nic.d1.name(), "--control", control.toString()));
        arguments.addAll(List.of(options));
        arguments.addAll(backend(arguments));
        return start(lab, control, wrapper, arguments, READY);
    }

    /** Starts {@code ifqd bridge d0 d1 --wait} while one of them is not there. On return it waits. */
    static Ifqd waiting(NetLab lab, Path folder) {
        Path control = folder.resolve("control.sock");
        List<String> arguments = new ArrayList<>(
                List.of("bridge", Nic.d0.name(), Nic.d1.name(), "--wait", "--control", control.toString()));
        arguments.addAll(backend(arguments));
        return start(lab, control, List.of(), arguments, "waiting: d0 <-> d1");
    }

    /** {@code IFQD_BACKEND} in the environment: the backend of tests that name none. */
    private static List<String> backend(List<String> arguments) {
        String wanted = System.getenv("IFQD_BACKEND");
        return wanted == null || arguments.contains("--backend") ? List.of() : List.of("--backend", wanted);
    }

    /**
     * Starts {@code ifqd run} with a file that names the lab's control socket. On return frames can flow between d0 and
     * d1.
     */
    static Ifqd run(NetLab lab, Path control, Path file) {
        return start(lab, control, List.of(), List.of("run", "--config", file.toString()), READY);
    }

    private static Ifqd start(
            NetLab lab, Path control, List<String> wrapper, List<String> arguments, String saidWhenStarted) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of("env", "--default-signal=INT")); // a shell's background jobs ignore it, and hand that on
        command.addAll(command(arguments));
        Child child = lab.start(Node.DUT, command);
        try {
            child.awaitText(saidWhenStarted);
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
        return new Ifqd(lab, control, child);
    }

    /** Asks for the counters through the control socket, and checks that they add up, as they must at any moment. */
    Stats stats() {
        Stats stats = Stats.parse(ask("{\"command\":\"stats\"}"));
        stats.assertConserved();
        return stats;
    }

    /** Sends one line to the control socket and returns the answer. */
    String ask(String request) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(control))) {
            channel.write(ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8)));
            return new Scanner(Channels.newReader(channel, StandardCharsets.UTF_8)).nextLine();
        } catch (IOException e) {
            throw new UncheckedIOException(control + "; " + child, e);
        }
    }

    /**
     * Waits until ifqd has met every frame that reached its interfaces and none waits any more; with the generators at
     * their end, that is when nothing moves. Then its account has to agree with the interfaces' own.
     */
    Stats awaitQuiet() {
        Await.until(() -> lab.counters(Nic.d0) + " " + lab.counters(Nic.d1) + " " + stats().json(), () -> {
            Stats stats = stats();
            return hasMetAll(stats, Nic.d0) && hasMetAll(stats, Nic.d1);
        });
        Stats stats = stats();
        assertSentIsOnTheWire(stats, Nic.d0);
        assertSentIsOnTheWire(stats, Nic.d1);
        stats.assertWorkersAddUp();
        return stats;
    }

    private boolean hasMetAll(Stats stats, Nic nic) {
        Stats.Port port = stats.port(nic);
        return port.queued() == 0
                && port.rxFrames() + port.kernelDrops() == lab.counters(nic).rxFrames();
    }

    private void assertSentIsOnTheWire(Stats stats, Nic nic) {
        NetLab.Counters wire = lab.counters(nic);
        Assertions.assertEquals(
                wire.txFrames(),
                stats.port(nic).txFrames(),
                () -> nic + " " + wire + " " + stats); // dropped: tried again
        Assertions.assertEquals(stats.port(nic).txFrames(), stats.port(nic).latencyFrames(), stats::json);
    }

    Child process() {
        return child;
    }

    /** SIGTERM, then the last words. */
    FinalTable terminate() {
        return stop("TERM");
    }

    /** Asks to stop by this signal. The status must be 0 and nothing unaccounted for. */
    FinalTable stop(String signal) {
        child.signal(signal);
        int status = child.awaitExit();
        Assertions.assertEquals(0, status, child::toString);
        FinalTable table = FinalTable.parse(child.out());
        table.assertConserved();
        return table;
    }

    @Override
    public void close() {
        child.close();
    }
}
