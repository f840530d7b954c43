package org.ifqd.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.UnixDomainPrincipal;
import org.ifqd.config.ConfigException;
import org.ifqd.config.ControlSocket;
import org.ifqd.linux.Libc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the control socket: a thread that accepts, a virtual thread for each client. Who may do what:
 * {@link ControlAccess}.
 *
 * <p>Clients may mean harm. There are at most {@link ControlConnections#MOST} at a time; a request has at most {@link
 * ControlConnection#LONGEST_REQUEST} bytes; who asks nothing, or takes no answer, for
 * {@link ControlConnection#PATIENCE_NS} is cut off.
 *
 * <p><b>Owns:</b> the socket and its file, which {@link #close} removes. Clients that are connected then are cut off.
 */
public final class ControlServer implements AutoCloseable {
    /** The commands that only read counters; anything else is asked for by name in the log. */
    private static final Set<String> READING = Set.of("stats");

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private static final long PAUSE_MS = 50;
    private static final long TICK_MS = 500;
    private static final int BACKLOG = 128;

    private final Path path;
    private final ServerSocketChannel server;
    private final Selector selector;
    private final ControlAccess access;
    private final Map<String, Command> commands;
    private final Map<String, StreamCommand> streams = new ConcurrentHashMap<>();
    private final ControlConnections connections = new ControlConnections();

    /**
     * Opens the socket and begins to serve.
     *
     * @param commands what to answer, by the name of the command; called on the clients' threads
     * @throws ConfigException when another daemon serves this path, or the socket cannot be made there
     */
    public ControlServer(ControlSocket socket, Map<String, Command> commands) {
        this.path = socket.path();
        this.commands = commands;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw cannotBeMade(path, e);
        }
        this.server = open(socket, selector);
        this.access = access(path);
        Thread.ofPlatform().name("ifqd-control").daemon().start(this::accept);
    }

    /** Adds a command that is answered by a stream. */
    public void addStream(String name, StreamCommand command) {
        streams.put(name, command);
    }

    private static ServerSocketChannel open(ControlSocket socket, Selector selector) {
        Path path = socket.path();
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            if (ControlPath.isServed(path)) {
                throw new ConfigException(
                        path + " is the control socket of a running ifqd; stop it, or give another path by --control");
            }
            ControlPath.rejectOther(path);
            Files.deleteIfExists(path); // left behind by a daemon that was killed
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            bind(server, socket);
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            return server;
        } catch (IOException | IllegalArgumentException e) {
            throw cannotBeMade(path, e);
        }
    }

    /** The file has its permissions from the first moment on: chmod afterwards could be led elsewhere by a link. */
    private static void bind(ServerSocketChannel server, ControlSocket socket) throws IOException {
        int mask = Libc.system().umask(~socket.mode() & 0777);
        try {
            server.bind(UnixDomainSocketAddress.of(socket.path()), BACKLOG);
        } finally {
            Libc.system().umask(mask);
        }
    }

    private static ConfigException cannotBeMade(Path path, Exception e) {
        return new ConfigException("cannot make the control socket " + path + ": " + e + "; give a path by --control");
    }

    private static ControlAccess access(Path path) {
        try {
            return new ControlAccess(path);
        } catch (IOException e) {
            throw new ConfigException("the control socket " + path + " was taken away as it was made: " + e);
        }
    }

    /** Nothing that a client can bring about ends it. */
    private void accept() {
        while (server.isOpen()) {
            try {
                selector.select(TICK_MS);
                selector.selectedKeys().clear();
                for (SocketChannel client; (client = server.accept()) != null; ) {
                    admit(client);
                }
                connections.endOverdue(System.nanoTime());
            } catch (IOException | ClosedSelectorException | OutOfMemoryError | StackOverflowError e) {
                // closed by us, or a client that went away, or no descriptor is left: not to be tried again at once
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
            }
        }
    }

    private void admit(SocketChannel client) throws IOException {
        UnixDomainPrincipal peer;
        try {
            peer = ControlAccess.peer(client);
        } catch (IOException e) {
            client.close();
            return;
        }
        ControlConnection connection = new ControlConnection(client, peer, System.nanoTime());
        connections
                .add(connection)
                .ifPresent(user -> LOG.warn(
                        "control: more than {} clients at a time; user {} has the most, of whose the idlest is cut off",
                        ControlConnections.MOST,
                        user));
        Thread.ofVirtual().start(() -> serve(connection));
    }

    private void serve(ControlConnection client) {
        try (client) {
            for (String line; (line = client.readLine()) != null; ) {
                Map<String, Object> request = parse(line);
                String refusal = refusal(request, client.peer());
                if (refusal.isEmpty() && stream(request, client)) {
                    return;
                }
                client.writeLine(refusal.isEmpty() ? answer(line, request) : ControlConnection.error(refusal));
            }
        } catch (IOException e) {
            // the client went away, or is cut off, or we are closing
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            LOG.warn(
                    "control: a client of user {} is cut off: {}",
                    client.peer().user().getName(),
                    e.toString());
        } finally {
            connections.remove(client);
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
    private boolean stream(Map<String, Object> request, ControlConnection client) throws IOException {
        StreamCommand command = request == null ? null : streams.get(String.valueOf(request.get("command")));
        if (command == null) {
            return false;
        }
        StreamCommand.Stream opened;
        try {
            opened = command.open(request);
        } catch (RuntimeException e) {
            client.writeLine(ControlConnection.error(e.getMessage()));
            return true;
        }
        try (StreamCommand.Stream stream = opened) {
            client.writeLine(JSON.std.asString(stream.answer()));
            client.stream();
            stream.run(client);
        }
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

    private String answer(String line, Map<String, Object> request) throws IOException {
        if (request == null) {
            return ControlConnection.error("not a JSON object: " + line);
        }
        Object name = request.get("command");
        Command command = commands.get(String.valueOf(name));
        if (command == null) {
            return ControlConnection.error("no command '" + name + "'; there are: " + commands.keySet());
        }
        try {
            return JSON.std.asString(command.run(request));
        } catch (ConfigException e) {
            return ControlConnection.error(String.join("; ", e.lines()));
        } catch (RuntimeException e) { // a defect of the command must not look like a daemon that has stopped
            return ControlConnection.error(name + " failed: " + e);
        }
    }

    /** Clients that are connected. */
    int connections() {
        return connections.count();
    }

    @Override
    public void close() {
        try {
            server.close();
            selector.close();
            connections.endAll();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // the process is about to end; nothing depends on it
        }
    }
}
