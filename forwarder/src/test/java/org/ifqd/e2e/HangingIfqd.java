package org.ifqd.e2e;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.ifqd.config.ConfigFile;
import org.ifqd.config.DaemonConfig;
import org.ifqd.daemon.BridgeDaemon;
import org.ifqd.linux.lab.FaultyLibc;

/**
 * A program: {@code ifqd run} on a kernel whose drivers hang. It is called with the configuration and a second file;
 * from when that is there on, the system call that it names does not return. Whether it stops is asked by a third file.
 */
final class HangingIfqd {
    private static final long LOOK_NS = 10_000_000;

    private HangingIfqd() {}

    public static void main(String[] args) {
        DaemonConfig config = ConfigFile.read(Path.of(args[0]));
        FaultyLibc faulty = new FaultyLibc();
        BridgeDaemon daemon = new BridgeDaemon(
                faulty.libc(), config, () -> config, new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        when(Path.of(args[1]), faulty::hang);
        when(Path.of(args[2]), content -> daemon.stop());
        System.exit(daemon.run());
    }

    private static void when(Path file, java.util.function.Consumer<String> then) {
        Thread.ofPlatform().daemon().start(() -> {
            while (!Files.exists(file)) {
                LockSupport.parkNanos(LOOK_NS);
            }
            try {
                then.accept(Files.readString(file).strip());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
