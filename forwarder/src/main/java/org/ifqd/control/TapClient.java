package org.ifqd.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.ifqd.config.ConfigException;

/**
 * The other end of a tap: asks a running daemon and reads the stream.
 *
 * <p><b>Threading:</b> one thread; {@link #stop} from any.
 */
public final class TapClient implements AutoCloseable {
    private static final int LONGEST_ANSWER = 64 << 10;
    private static final int LONGEST_FRAME = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final SocketChannel channel;
    private final DataInputStream in;

    /** Gets what comes. */
    public interface Sink {
        /** A frame. The array is used again. */
        void frame(byte[] frame, int bytes, long stampNs) throws IOException;

        /** So many frames were taken so far, and so many more found no room. */
        void account(long taken, long dropped) throws IOException;
    }

    /**
     * Asks for a tap.
     *
     * @param request as {@link TapCommand} says, without the command
     * @throws ConfigException when no daemon serves the path, or it refuses
     */
    public TapClient(Path path, Map<String, Object> request) throws IOException {
        this.path = path;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException("no running ifqd answers at " + path + " (" + e.getMessage()
                    + "); start one, or give its socket by --control");
        }
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
        channel.write(ByteBuffer.wrap((JSON.std.asString(request) + "\n").getBytes(StandardCharsets.UTF_8)));
        Object error = JSON.std.mapFrom(readLine()).get("error");
        if (error != null) {
            channel.close();
            throw new ConfigException("the ifqd at " + path + " answers: " + error);
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c; (c = in.read()) != '\n' && line.length() < LONGEST_ANSWER; line.append((char) c)) {
            if (c < 0) {
                throw new IOException("the ifqd at " + path + " has stopped");
            }
        }
        return line.toString();
    }

    /**
     * Reads to the end.
     *
     * @return false when the stream broke off: the daemon has ended
     */
    public boolean read(Sink sink) throws IOException {
        byte[] frame = new byte[LONGEST_FRAME];
        boolean complete = false;
        try {
            while (true) {
                int bytes = in.readInt();
                complete = bytes == 0;
                if (bytes == 0) {
                    sink.account(in.readLong(), in.readLong());
                } else {
                    long stampNs = in.readLong();
                    in.readFully(frame, 0, bytes);
                    sink.frame(frame, bytes, stampNs);
                }
            }
        } catch (EOFException e) {
            return complete;
        }
    }

    /** Asks for the end: {@link #read} returns when all that was taken until now has come. */
    public void stop() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // over already
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
