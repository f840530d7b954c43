package org.ifqd.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.UnixDomainPrincipal;
import org.ifqd.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the control socket: a thread that accepts, a virtual thread for each client. Who may do what: {@link ControlAccess}.
 *
 * <p><b>Owns:</b> the socket and its file, which {@link #close} removes. Clients that are connected then are cut off.
 */
public final class ControlServer implements AutoCloseable {
    /** Longest request, characters: a client that sends more without a line's end is cut off. */
    private static final int LONGEST_REQUEST = 64 << 10;

    /** What only reads counters; anything else is asked for by name in the log. */
    private static final Set<String> READING = Set.of("stats");

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private static final long ACCEPT_PAUSE_MS = 50;

    private static final int S_IFMT = 0xf000; // the type's bits of a file's mode, inode(7)
    private static final int S_IFSOCK = 0xc000;

    private final Path path;
    private final ServerSocketChannel server;
    private final ControlAccess access;
    private final Map<String, Command> commands;
    private final Map<String, StreamCommand> streams = new ConcurrentHashMap<>();
    private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();

    /**
     * Opens the socket and begins to serve.
     *
     * @param commands what to answer, by the name of the command; called on the clients' threads
     * @throws ConfigException when another daemon serves this path, or the socket cannot be made there
     */
    public ControlServer(Path path, Map<String, Command> commands) {
        this.path = path;
        this.commands = commands;
        this.server = open(path);
        this.access = access(path);
        Thread.ofPlatform().name("ifqd-control").daemon().start(this::accept);
    }

    /** Adds a command that is answered by a stream. */
    public void addStream(String name, StreamCommand command) {
        streams.put(name, command);
    }

    private static ServerSocketChannel open(Path path) {
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            if (isServed(path)) {
                throw new ConfigException(
                        path + " is the control socket of a running ifqd; stop it, or give another path by --control");
            }
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                deleteSocket(path); // left behind by a daemon that was killed
            }
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
            return server;
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(
                    "cannot make the control socket " + path + ": " + e + "; give a path by --control");
        }
    }

    private static ControlAccess access(Path path) {
        try {
            return new ControlAccess(path);
        } catch (IOException e) {
            throw new ConfigException("the control socket " + path + " was taken away as it was made: " + e);
        }
    }

    private static void deleteSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & S_IFMT) != S_IFSOCK) {
            throw new ConfigException(path + " is not a socket; give another path by --control");
        }
        Files.delete(path);
    }

    private static boolean isServed(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel client = server.accept();
                clients.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                // closed by us, or a client that went away, or no descriptor is left: not to be tried again at once
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ACCEPT_PAUSE_MS));
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            UnixDomainPrincipal peer = ControlAccess.peer(client);
            BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            OutputStream out = Channels.newOutputStream(client);
            for (String line; (line = readLine(in)) != null; ) {
                Map<String, Object> request = parse(line);
                String refusal = refusal(request, peer);
                if (refusal.isEmpty() && stream(request, client, out)) {
                    return;
                }
                String answer = refusal.isEmpty() ? answer(line, request) : error(refusal);
                out.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // the client went away, or we are closing
        } finally {
            clients.remove(client);
        }
    }

    /** Why this one may not; an empty string if he may. Says in the log who asks for what, unless he only reads. */
    private String refusal(Map<String, Object> request, UnixDomainPrincipal peer) throws IOException {
        String name = request == null ? "" : String.valueOf(request.get("command"));
        if (READING.contains(name) || !commands.containsKey(name) && !streams.containsKey(name)) {
            return "";
        }
        if (!access.mayChange(peer)) {
            String refusal = access.refusal(name, peer);
            LOG.warn("control: {}", refusal);
            return refusal;
        }
        Map<String, Object> arguments = new TreeMap<>(request);
        arguments.remove("command");
        LOG.info(
                "control: user {} asks for {}{}",
                peer.user().getName(),
                name,
                arguments.isEmpty() ? "" : " " + arguments.toString().replaceAll("\\p{Cntrl}", "?"));
        return "";
    }

    /** Answers by a stream, if that is what was asked for. False: nothing was written. */
    private boolean stream(Map<String, Object> request, SocketChannel client, OutputStream out) throws IOException {
        StreamCommand command = request == null ? null : streams.get(String.valueOf(request.get("command")));
        if (command == null) {
            return false;
        }
        StreamCommand.Stream stream;
        try {
            stream = command.open(request);
        } catch (RuntimeException e) {
            out.write((error(e.getMessage()) + "\n").getBytes(StandardCharsets.UTF_8));
            return true;
        }
        out.write((JSON.std.asString(stream.answer()) + "\n").getBytes(StandardCharsets.UTF_8));
        stream.run(client);
        return true;
    }

    /** The request, or null where it is none. */
    private static Map<String, Object> parse(String line) {
        try {
            return JSON.std.mapFrom(line);
        } catch (IOException e) {
            return null;
        }
    }

    private static String readLine(BufferedReader in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = in.read()) != '\n'; line.append((char) c)) {
            if (c < 0 || line.length() >= LONGEST_REQUEST) {
                return null;
            }
        }
        return line.toString();
    }

    private String answer(String line, Map<String, Object> request) throws IOException {
        if (request == null) {
            return error("not a JSON object: " + line);
        }
        Object name = request.get("command");
        Command command = commands.get(String.valueOf(name));
        if (command == null) {
            return error("no command '" + name + "'; there are: " + commands.keySet());
        }
        try {
            return JSON.std.asString(command.run(request));
        } catch (ConfigException e) {
            return error(String.join("; ", e.lines()));
        } catch (RuntimeException e) { // a defect of the command must not look like a daemon that has stopped
            return error(name + " failed: " + e);
        }
    }

    private static String error(String message) throws IOException {
        return JSON.std.asString(Map.of("error", message));
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel client : clients) {
                client.close();
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // the process is about to end; nothing depends on it
        }
    }
}
