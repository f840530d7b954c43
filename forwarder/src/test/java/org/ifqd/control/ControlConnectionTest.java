package org.ifqd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.ifqd.linux.lab.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who keeps the server waiting, on a clock of the test's own. */
class ControlConnectionTest {
    private static final long LATER_NS = ControlConnection.PATIENCE_NS + 1_000_000_000;

    @TempDir
    private Path folder;

    @FunctionalInterface
    private interface Use {
        void of(SocketChannel client, ControlConnection connection) throws IOException, InterruptedException;
    }

    private void connected(Use use) throws IOException, InterruptedException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel server =
                        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                SocketChannel client = SocketChannel.open(address);
                ControlConnection connection = new ControlConnection(server.accept(), null, System.nanoTime())) {
            use.of(client, connection);
        }
    }

    @Test
    void whoAsksNothing() throws IOException, InterruptedException {
        connected((client, connection) -> {
            assertFalse(connection.isOverdue(System.nanoTime()));
            assertTrue(connection.isOverdue(System.nanoTime() + LATER_NS));
            client.write(ByteBuffer.wrap("one\ntw".getBytes(StandardCharsets.UTF_8)));
            assertEquals("one", connection.readLine());
            assertFalse(connection.isOverdue(System.nanoTime() + LATER_NS), "may wait with its next question");
        });
    }

    @Test
    void whoTakesNoAnswer() throws IOException, InterruptedException {
        connected((client, connection) -> {
            client.write(ByteBuffer.wrap("one\n".getBytes(StandardCharsets.UTF_8)));
            connection.readLine();
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        connection.writeLine("x".repeat(100_000));
                    }
                } catch (IOException e) {
                    // cut off, as below
                }
            });
            Await.until("it waits", () -> connection.isOverdue(System.nanoTime() + LATER_NS));
            connection.close();
            writer.join();
        });
    }
}
