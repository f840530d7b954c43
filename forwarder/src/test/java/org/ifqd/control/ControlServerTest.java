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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ifqd.config.ConfigException;
import org.ifqd.config.ControlSocket;
import org.ifqd.linux.lab.Await;
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
        return new ControlServer(
                new ControlSocket(path), Map.of("stats", request -> Map.of("answer", 42), "broken", request -> {
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

    /**
     * 6,000 connections with 64,000 bytes and no line's end: whoever asks properly is answered meanwhile, and nothing
     * is left.
     */
    @Test
    void aFloodCutsOffItself() throws IOException {
        List<SocketChannel> flood = new ArrayList<>();
        ByteBuffer much = ByteBuffer.allocate(64_000);
        for (int i = 0; i < 6_000; i++) {
            SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
            flood.add(client);
            client.configureBlocking(false);
            try {
                client.write(much.clear());
            } catch (IOException e) {
                // cut off already
            }
            if (i % 500 == 0) {
                assertEquals("{\"answer\":42}", ask(path));
            }
        }
        for (SocketChannel client : flood) {
            client.close();
        }
        assertEquals("{\"answer\":42}", ask(path));
        Await.until("no client is left", () -> server.connections() == 0);
    }

    @Test
    void atMost64AtATime() throws IOException {
        List<SocketChannel> idle = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            idle.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
        }
        assertEquals("{\"answer\":42}", ask(path));
        Await.until("the first ones cut off", () -> server.connections() <= 64);
        assertEquals(-1, idle.getFirst().read(ByteBuffer.allocate(1)));
        for (SocketChannel client : idle) {
            client.close();
        }
    }

    @Test
    void aRequestOfMoreThan4KibIsAnErrorForItsClient() throws IOException {
        assertTrue(raw("{\"command\":\"" + "x".repeat(4 << 10)).contains("at most 4096 bytes"));
        assertEquals("{\"answer\":42}", ask(path));
        try (ControlClient client = new ControlClient(path)) {
            assertThrows(ConfigException.class, () -> client.ask("x".repeat(48_000)));
        }
    }

    @Test
    void theFileHasItsModeFromTheBeginning() throws IOException {
        assertEquals("rw-rw----", mode(path));
        Path forAll = directory.resolve("all.sock");
        try (ControlServer all = new ControlServer(new ControlSocket(forAll, 0666), Map.of())) {
            assertEquals("rw-rw-rw-", mode(forAll), all::toString);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
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
        ControlServer second =
                new ControlServer(new ControlSocket(stale), Map.of("stats", request -> Map.of("answer", 43)));
        assertEquals("{\"answer\":43}", ask(stale));
        second.close();
        assertFalse(Files.exists(stale));
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path precious = Files.writeString(directory.resolve("precious.txt"), "my thesis");
        ConfigException e =
                assertThrows(ConfigException.class, () -> new ControlServer(new ControlSocket(precious), Map.of()));
        assertTrue(e.getMessage().contains(precious + " is not a socket"), e.getMessage());
        assertEquals("my thesis", Files.readString(precious));
    }

    @Test
    void aPathThatCannotBeIsOneLine() {
        Path tooLong = directory.resolve("x".repeat(120));
        ConfigException e =
                assertThrows(ConfigException.class, () -> new ControlServer(new ControlSocket(tooLong), Map.of()));
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
