package org.ifqd.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ifqd.config.ConfigException;

/** Asks a running daemon over its control socket. <b>Threading:</b> one thread. */
public final class ControlClient implements AutoCloseable {
    private final Path path;
    private final SocketChannel channel;
    private final BufferedReader in;

    /** @throws ConfigException when no daemon serves the path */
    public ControlClient(Path path) {
        this.path = path;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException | IllegalArgumentException e) {
            if (!Files.notExists(path) && !Files.isWritable(path)) { // also where its directory keeps us out
                throw new ConfigException("user " + System.getProperty("user.name") + " may not open " + path
                        + ", which is for its owner and its group; use sudo, or become a member of that group: ls -l "
                        + path);
            }
            throw new ConfigException("no running ifqd answers at " + path + " (" + e.getMessage()
                    + "); start one, or give its socket by --control");
        }
        in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** {@link #ask(Map)} for a command without arguments. */
    public String ask(String command) throws IOException {
        return ask(Map.of("command", command));
    }

    /**
     * Sends a request.
     *
     * @return the answer as one line of JSON
     * @throws IOException when the daemon has gone away, or refuses
     */
    public String ask(Map<String, Object> request) throws IOException {
        String answer = exchange(JSON.std.asString(request));
        if (answer == null) {
            throw new IOException("the ifqd at " + path + " has stopped");
        }
        if (answer.startsWith("{\"error\"")) {
            throw new IOException("the ifqd at " + path + " answers: "
                    + JSON.std.mapFrom(answer).get("error"));
        }
        return answer;
    }

    /** Null when the daemon has closed its side. */
    private String exchange(String request) {
        int bytes = request.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ControlConnection.LONGEST_REQUEST) {
            throw new ConfigException("the request has " + bytes + " bytes, more than "
                    + ControlConnection.LONGEST_REQUEST + "; a shorter filter, for example, makes it shorter");
        }
        try {
            Channels.newOutputStream(channel).write((request + "\n").getBytes(StandardCharsets.UTF_8));
            return in.readLine();
        } catch (IOException e) {
            return null; // EPIPE, ECONNRESET
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
