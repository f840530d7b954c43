package org.ifqd.control;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.net.UnixDomainPrincipal;

/**
 * One client of the control socket: its requests line by line, and since when it keeps us waiting.
 *
 * <p><b>Threading:</b> read and written by the client's own thread; {@link #isOverdue}, {@link #idleSinceNs} and
 * {@link #close} from any.
 * <b>Owns:</b> the channel.
 */
final class ControlConnection implements ByteChannel {
    /** Longest request, bytes without the line's end. */
    static final int LONGEST_REQUEST = 4 << 10;

    /** For the first request, and for each answer to be taken. */
    static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final int READ_BYTES = 512;

    private final SocketChannel channel;
    private final UnixDomainPrincipal peer;
    private final ByteBuffer unread = ByteBuffer.allocate(READ_BYTES).flip();

    /** Since when nothing was asked. */
    private volatile long idleSinceNs;

    private volatile boolean asked;
    private volatile boolean streaming;
    private volatile boolean writing;
    private volatile long writingSinceNs;

    ControlConnection(SocketChannel channel, UnixDomainPrincipal peer, long nowNs) {
        this.channel = channel;
        this.peer = peer;
        this.idleSinceNs = nowNs;
    }

    /** Who has connected, as the kernel knows it. */
    UnixDomainPrincipal peer() {
        return peer;
    }

    /** The next request, or null where the client is done, or sends more than a request has bytes. */
    String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (unread.hasRemaining()) {
                byte next = unread.get();
                if (next == '\n') {
                    asked = true;
                    idleSinceNs = System.nanoTime();
                    return line.toString(StandardCharsets.UTF_8);
                }
                if (line.size() == LONGEST_REQUEST) {
                    writeLine(error("a request has at most " + LONGEST_REQUEST + " bytes"));
                    return null;
                }
                line.write(next);
            }
            int bytes = channel.read(unread.clear());
            unread.flip();
            if (bytes < 0) {
                return null;
            }
        }
    }

    /** The answer to a request that is refused, or that failed. */
    static String error(String message) throws IOException {
        return JSON.std.asString(Map.of("error", message));
    }

    void writeLine(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            write(bytes);
        }
    }

    /** A stream follows, no request and answer: only an answer that is not taken counts as waiting from now on. */
    void stream() {
        streaming = true;
    }

    boolean isStreaming() {
        return streaming;
    }

    /** Nanoseconds of System.nanoTime. */
    long idleSinceNs() {
        return idleSinceNs;
    }

    /** Whether it has not asked anything for too long, or not taken an answer. */
    boolean isOverdue(long nowNs) {
        return !asked && nowNs - idleSinceNs > PATIENCE_NS || writing && nowNs - writingSinceNs > PATIENCE_NS;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        writingSinceNs = System.nanoTime();
        writing = true;
        try {
            return channel.write(from);
        } finally {
            writing = false;
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
