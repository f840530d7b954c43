package org.ifqd.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Assertions;

/**
 * A process that a test started; what it prints is collected.
 *
 * <p><b>Owns:</b> the process. {@link #close} ends it by SIGTERM, and by SIGKILL if that does not help.
 */
final class Child implements AutoCloseable {
    private static final Duration TERMINATION = Duration.ofSeconds(10);

    private final List<String> command;
    private final Process process;
    private final Output out;
    private final Output err;

    private Child(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.out = new Output(process.getInputStream());
        this.err = new Output(process.getErrorStream());
    }

    static Child start(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close(); // nothing of ours reads from a terminal
            return new Child(command, process);
        } catch (IOException e) {
            throw new UncheckedIOException(command.toString(), e);
        }
    }

    /** Runs a command to its end, which has to be a good one. Returns what it printed on stdout. */
    static String run(String... command) {
        try (Child child = start(List.of(command))) {
            return child.awaitSuccess();
        }
    }

    /** Waits until the process has ended and all it printed was read. Returns its exit status. */
    int awaitExit() {
        try {
            if (!process.waitFor(Await.DEADLINE_NS, TimeUnit.NANOSECONDS)) {
                Assertions.fail("still running: " + this);
            }
            out.awaitEnd();
            err.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted, waiting for " + this, e);
        }
    }

    /** Waits for the end, which has to be a good one. Returns what was printed on stdout. */
    String awaitSuccess() {
        Assertions.assertEquals(0, awaitExit(), this::toString);
        return out();
    }

    /** Waits until the text appears in stdout or stderr; a process that ends before fails the test. */
    void awaitText(String text) {
        Await.until(() -> "'" + text + "' from " + this, () -> {
            boolean alive = process.isAlive(); // looked at first: the text may be its last words
            boolean found = out().contains(text) || err().contains(text);
            Assertions.assertTrue(alive || found, () -> "ended without '" + text + "': " + this);
            return found;
        });
    }

    /** Sends a signal, by name. */
    void signal(String name) {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        String status = process.isAlive() ? "running" : "status " + process.exitValue();
        return String.join(" ", command) + " (" + status + ")\nstdout: " + out() + "\nstderr: " + err();
    }

    /** Collects one stream. A thread for each stream, or a child that prints much would stop. */
    private static final class Output {
        private final StringBuffer text = new StringBuffer();
        private final Thread reader;

        Output(InputStream stream) {
            reader = Thread.ofVirtual().start(() -> read(stream));
        }

        private void read(InputStream stream) {
            byte[] bytes = new byte[8192];
            try (stream) {
                for (int n; (n = stream.read(bytes)) >= 0; ) {
                    text.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                text.append("(").append(e.getMessage()).append(")");
            }
        }

        void awaitEnd() throws InterruptedException {
            reader.join(TERMINATION);
        }

        String text() {
            return text.toString();
        }
    }
}
