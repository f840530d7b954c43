package org.ifqd.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.ifqd.port.Port;
import org.ifqd.port.PortTaps;

/**
 * One tap of one port, from its first frame to the last account.
 *
 * <pre>
 *   frame     int bytes &gt; 0, long stampNs, the frame
 *   account   int 0, long taken, long dropped        every second, and the last word
 * </pre>
 *
 * <p>All big endian. The client ends it by closing its sending side; it then gets what was taken until then. The
 * accounts also find out a client that has died.
 */
final class TapStream implements StreamCommand.Stream {
    private static final long ACCOUNT_NS = TimeUnit.SECONDS.toNanos(1);

    /** Sleep while there is nothing to write; the ring holds far more than comes in this time. */
    private static final long PAUSE_NS = 2_000_000;

    private final String name;
    private final TapDirection direction;
    private final Supplier<Port> port;
    private final TapRing ring;
    private final Runnable onEnd;
    private volatile boolean ended;
    private PortTaps attached;

    /**
     * @param port the port as it is now, null when there is none; asked again and again, since a port may be opened
     *     anew
     * @param onEnd told when the tap is over
     */
    TapStream(String name, TapDirection direction, Supplier<Port> port, TapRing ring, Runnable onEnd) {
        this.name = name;
        this.direction = direction;
        this.port = port;
        this.ring = ring;
        this.onEnd = onEnd;
    }

    @Override
    public Map<String, Object> answer() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tap", name);
        answer.put("direction", direction.name());
        return answer;
    }

    @Override
    public void run(ByteChannel client) throws IOException {
        Thread.ofVirtual().start(() -> awaitEnd(client));
        follow();
        write(client);
        end();
        while (ring.drain(client)) {
            // what was taken before
        }
        account(client);
    }

    @Override
    public void close() {
        try (ring) {
            end();
        } finally {
            onEnd.run();
        }
    }

    private void end() {
        detach();
        ring.end(); // a worker may still have been in it
    }

    private void write(ByteChannel client) throws IOException {
        long accountNs = System.nanoTime();
        while (!ended && !ring.isComplete()) {
            if (!ring.drain(client)) {
                LockSupport.parkNanos(PAUSE_NS);
            }
            if (System.nanoTime() - accountNs > ACCOUNT_NS) {
                accountNs += ACCOUNT_NS;
                account(client);
                follow();
            }
        }
    }

    /** The end of the client's side, by its wish or its death. */
    private void awaitEnd(ByteChannel client) {
        ByteBuffer ignored = ByteBuffer.allocate(64);
        try {
            while (client.read(ignored.clear()) >= 0) {
                // it has nothing more to say
            }
        } catch (ClosedChannelException e) {
            // over already
        } catch (IOException e) {
            // reset: gone
        }
        ended = true;
    }

    /** Attaches to the port as it is now; a port that is not there is waited for. */
    private void follow() {
        Port now = port.get();
        PortTaps taps = now == null ? null : now.taps();
        if (taps == attached) {
            return;
        }
        detach();
        if (taps != null) {
            if (direction != TapDirection.out) {
                taps.in().add(ring);
            }
            if (direction != TapDirection.in) {
                taps.out().add(ring);
            }
        }
        attached = taps;
    }

    private void detach() {
        if (attached != null) {
            attached.in().remove(ring);
            attached.out().remove(ring);
            attached = null;
        }
    }

    private void account(ByteChannel client) throws IOException {
        ByteBuffer account = ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES);
        account.putInt(0).putLong(ring.taken()).putLong(ring.dropped()).flip();
        while (account.hasRemaining()) {
            client.write(account);
        }
    }
}
