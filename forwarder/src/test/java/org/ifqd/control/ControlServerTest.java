package org.ifqd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ifqd.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlServerTest {
    @TempDir
    private Path directory;

    private Path path;
    private ControlServer server;

    @BeforeEach
    void open() {
        path = directory.resolve("run/control.sock");
        server = serve();
    }

    private ControlServer serve() {
        return new ControlServer(path, Map.of("stats", request -> Map.of("answer", 42), "broken", request -> {
            throw new IllegalStateException("defect");
        }));
    }

    @AfterEach
    void close() {
        server.close();
        assertFalse(Files.exists(path), "the socket's file is removed");
    }

    private static String ask(Path path) throws IOException {
        try (ControlClient client = new ControlClient(path)) {
            return client.ask("stats");
        }
    }

    /** What the server answers to some bytes; null where it hangs up. */
    private String raw(String request) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8)).readLine();
        }
    }

    @Test
    void answersManyQuestionsOfOneClient() throws IOException {
        try (ControlClient client = new ControlClient(path)) {
            assertEquals("{\"answer\":42}", client.ask("stats"));
            assertEquals("{\"answer\":42}", client.ask("stats"));
            IOException e = assertThrows(IOException.class, () -> client.ask("dance"));
            assertTrue(e.getMessage().contains("no command 'dance'; there are:"), e.getMessage());
            assertEquals("{\"answer\":42}", client.ask("stats"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hello", "{", "[]", "null", "42", "\"stats\"", "{}", "{\"command\":null}", "{\"command\":{}}"
            })
    void malformedRequestsGetAnErrorLine(String request) throws IOException {
        String answer = raw(request + "\n");
        assertTrue(answer != null && answer.startsWith("{\"error\":\""), answer);
        assertEquals("{\"answer\":42}", ask(path));
    }

    @Test
    void aCommandThatFailsGetsAnErrorLine() throws IOException {
        String answer = raw("{\"command\":\"broken\"}\n");
        assertTrue(answer != null && answer.startsWith("{\"error\":\""), answer);
    }

    @Test
    void clientsThatSendNoLineDoNoHarm() throws IOException {
        try (SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel half = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            half.write(ByteBuffer.wrap("{\"command\":".getBytes(StandardCharsets.UTF_8)));
            assertTrue(silent.isConnected());
            assertEquals("{\"answer\":42}", ask(path));
        }
        assertEquals("{\"answer\":42}", ask(path));
    }

    @Test
    void anEndlessLineIsCutOff() throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            ByteBuffer much = ByteBuffer.allocate(1 << 16);
            assertThrows(IOException.class, () -> {
                while (true) {
                    much.clear();
                    client.write(much);
                }
            });
        }
        assertEquals("{\"answer\":42}", ask(path));
    }

    @Test
    void aSecondDaemonIsRefused() throws IOException {
        ConfigException e = assertThrows(ConfigException.class, this::serve);
        assertEquals(
                path + " is the control socket of a running ifqd; stop it, or give another path by --control",
                e.getMessage());
        assertEquals("{\"answer\":42}", ask(path), "the first one is as before");
    }

    @Test
    void aSocketLeftBehindIsReused() throws IOException {
        Path stale = directory.resolve("stale.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(stale)); // the file stays when the channel is closed
        }
        assertTrue(Files.exists(stale));
        ControlServer second = new ControlServer(stale, Map.of("stats", request -> Map.of("answer", 43)));
        assertEquals("{\"answer\":43}", ask(stale));
        second.close();
        assertFalse(Files.exists(stale));
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path precious = Files.writeString(directory.resolve("precious.txt"), "my thesis");
        ConfigException e = assertThrows(ConfigException.class, () -> new ControlServer(precious, Map.of()));
        assertTrue(e.getMessage().contains(precious + " is not a socket"), e.getMessage());
        assertEquals("my thesis", Files.readString(precious));
    }

    @Test
    void aPathThatCannotBeIsOneLine() {
        Path tooLong = directory.resolve("x".repeat(120));
        ConfigException e = assertThrows(ConfigException.class, () -> new ControlServer(tooLong, Map.of()));
        assertTrue(e.getMessage().startsWith("cannot make the control socket " + tooLong), e.getMessage());
        assertTrue(e.getMessage().endsWith("; give a path by --control"), e.getMessage());
    }

    @Test
    void askingNobodyIsOneLine() {
        ConfigException e =
                assertThrows(ConfigException.class, () -> new ControlClient(directory.resolve("nobody.sock")));
        assertTrue(e.getMessage().startsWith("no running ifqd answers at "), e.getMessage());
    }
}
